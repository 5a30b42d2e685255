#include "coupler/mapping/join.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "coupler/mapping/entries.hpp"
#include "coupler/mapping/routing.hpp"

namespace ngv::mapping {

namespace {

// A rank without elements may not know the set's relations: it goes with the others.
bool has_relation(MPI_Comm comm, const ElementSet& set, const std::string& relation) {
    return anywhere(comm, set.relations.contains(relation));
}

std::vector<std::string> relations_of(const NamedSet& a, const NamedSet& b) {
    std::vector<std::string> names{"id"};
    for (const auto* set : {&a.set, &b.set})
        for (const auto& [name, ids] : set->relations) names.push_back(name);
    return names;
}

const std::vector<std::int64_t>& named_ids(const NamedSet& from, const std::string& relation) {
    if (relation == "id") return from.set.ids;
    static const std::vector<std::int64_t> none;
    const auto found = from.set.relations.find(relation);
    if (found == from.set.relations.end()) return none;
    return found->second;
}

}  // namespace

std::vector<Entry> join(MPI_Comm comm, const Chain& chain, std::size_t i, const std::string& relation,
                        std::vector<std::string>& log) {
    const NamedSet &source = chain.sets[i], &target = chain.sets[i + 1];
    const std::string where = fmt::format("mapping {} -> {}", source.name, target.name);
    const bool by_source = relation == "id" || has_relation(comm, source.set, relation);
    const bool by_target = relation != "id" && has_relation(comm, target.set, relation);
    together(comm, [&] {
        if (!by_source && !by_target)
            throw UserError({where, fmt::format("neither set has a relation '{}'", relation),
                             did_you_mean(relation, relations_of(source, target))});
        if (by_source && by_target)
            throw UserError({where,
                             fmt::format("'by {}' can be read both ways: both sets have this relation", relation),
                             "name the relation differently in one of them"});
        for (const auto* side : {&source, &target})
            if (side->set.relations.contains(relation) &&
                side->set.relations.at(relation).size() != side->set.ids.size())
                throw UserError({side->name,
                                 fmt::format("relation '{}' has {} ids for {} elements", relation,
                                             side->set.relations.at(relation).size(), side->set.ids.size()),
                                 "it needs one for each element"});
    });

    const NamedSet& pointing = by_source ? source : target;
    const NamedSet& pointed = by_source ? target : source;
    const auto& ids = named_ids(pointing, relation);
    const auto homes = chain.homes[by_source ? i + 1 : i].homes(ids);

    std::vector<Entry> entries;
    std::vector<int> destination;
    std::vector<std::int64_t> missing, missing_ids;
    for (std::size_t k = 0; k < ids.size(); ++k) {
        const std::int64_t element = pointing.set.ids[k];
        if (homes[k] < 0) {
            missing.push_back(element);
            missing_ids.push_back(ids[k]);
            continue;
        }
        entries.push_back(by_source ? Entry{ids[k], element, 1.0} : Entry{element, ids[k], 1.0});
        destination.push_back(homes[k]);
    }
    const auto num_missing = total(comm, static_cast<std::int64_t>(missing.size()));
    if (num_missing > 0) {
        const auto examples = first_texts(comm, missing, 3, [&](std::size_t k) {
            return relation == "id" ? fmt::format("{}", missing[k])
                                    : fmt::format("{} ({} {})", missing[k], relation, missing_ids[k]);
        });
        log.push_back(fmt::format("by {}: {} of {} elements of {} name an element that {} does not have, e.g. {}",
                                  relation, num_missing, total(comm, static_cast<std::int64_t>(ids.size())),
                                  pointing.name, pointed.name, fmt::join(examples, ", ")));
    }
    if (by_source) entries = Routing(comm, destination).forward(entries);
    sort(entries);
    return entries;
}

}  // namespace ngv::mapping
