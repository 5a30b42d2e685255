#include "coupler/mapping/mapping.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "coupler/mapping/chain.hpp"
#include "coupler/mapping/entries.hpp"
#include "coupler/mapping/fill.hpp"
#include "coupler/mapping/normalise.hpp"
#include "coupler/mapping/product.hpp"
#include "coupler/mapping/routing.hpp"
#include "coupler/mapping/steps.hpp"

namespace ngv::mapping {

namespace {

NamedSet find_set(const ElementSets& sets, const std::string& name, const std::string& where) {
    const auto found = sets.find(name);
    if (found != sets.end()) return {name, found->second};
    std::vector<std::string> names;
    for (const auto& [known, set] : sets) names.push_back(known);
    throw UserError({where, fmt::format("there is no element set '{}' in this run", name), did_you_mean(name, names)});
}

void add_examples(MPI_Comm comm, const NamedSet& set, const std::vector<std::uint8_t>& covered, const char* what,
                  Coverage& coverage) {
    std::vector<std::int64_t> ids;
    for (std::size_t i = 0; i < covered.size(); ++i)
        if (!covered[i]) ids.push_back(set.set.ids[i]);
    for (auto& text :
         first_texts(comm, ids, 3, [&](std::size_t i) { return fmt::format("{} {} {}", set.name, ids[i], what); }))
        coverage.examples.push_back(std::move(text));
}

void count_uncovered(MPI_Comm comm, const NamedSet& source, const NamedSet& target, const Directory& sources,
                     const std::vector<Entry>& base, Kind kind, Coverage& coverage) {
    const auto targets_with = has_row(base, target.set.ids);
    const auto sources_with = has_row(transposed(comm, base, sources), source.set.ids);
    coverage.targets_without_source =
        total(comm, std::int64_t{std::count(targets_with.begin(), targets_with.end(), 0)});
    coverage.sources_without_target =
        total(comm, std::int64_t{std::count(sources_with.begin(), sources_with.end(), 0)});
    if (kind == Kind::state)
        add_examples(comm, target, targets_with, "has no source", coverage);
    else
        add_examples(comm, source, sources_with, "has no target", coverage);
}

// The sets between the steps: source, then those that the request names, then target.
Chain chain_of(MPI_Comm comm, const ElementSets& sets, const Request& request) {
    const std::string where = fmt::format("mapping {} -> {}", request.source, request.target);
    if (request.steps.size() % 2 == 0)
        throw UserError(
            {where, fmt::format("{} entries: [{}]", request.steps.size(), fmt::join(request.steps, ", ")),
             "steps and the element sets between them take turns: [intersection, rd.tetrahedra, intersection]"});
    Chain chain;
    chain.sets.push_back(find_set(sets, request.source, where));
    for (std::size_t i = 1; i < request.steps.size(); i += 2)
        chain.sets.push_back(find_set(sets, request.steps[i], where));
    chain.sets.push_back(find_set(sets, request.target, where));
    for (const auto& s : chain.sets) chain.homes.emplace_back(comm, s.set.ids, s.name);
    return chain;
}

}  // namespace

Plan build(MPI_Comm comm, const ElementSets& sets, const Request& request, const std::filesystem::path& cache_folder,
           std::vector<std::string>& log) {
    Chain chain = chain_of(comm, sets, request);
    Plan plan;
    for (std::size_t i = 0; i + 1 < chain.sets.size(); ++i)
        chain.entries.push_back(take_step(comm, chain, i, request.steps[2 * i], cache_folder, plan.coverage, log));
    auto base = chain.entries[0];
    for (std::size_t i = 1; i < chain.entries.size(); ++i) base = product(comm, base, chain.entries[i], chain.homes[i]);
    if (request.fill_nearest) plan.coverage.filled = fill_nearest(comm, chain, request.kind, base, log);
    count_uncovered(comm, chain.sets.front(), chain.sets.back(), chain.homes.front(), base, request.kind,
                    plan.coverage);
    if (request.kind != Kind::state && chain.entries.size() > 1 && plan.coverage.sources_without_target > 0)
        log.push_back(fmt::format("{} -> {}: {} elements of {} have no target: what they emit stays with them",
                                  request.source, request.target, plan.coverage.sources_without_target,
                                  request.source));
    normalise(comm, chain.sets.front(), chain.sets.back(), chain.homes.front(), chain.homes.back(), request,
              std::move(base), plan);
    return plan;
}

}  // namespace ngv::mapping
