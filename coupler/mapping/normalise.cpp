#include "coupler/mapping/normalise.hpp"

#include <fmt/format.h>

#include <cmath>

#include "coupler/config/units.hpp"
#include "coupler/mapping/entries.hpp"
#include "coupler/mapping/id_index.hpp"
#include "coupler/mapping/routing.hpp"

namespace ngv::mapping {

namespace {

std::vector<std::string> names_of(const std::map<std::string, Measure>& measures) {
    std::vector<std::string> names;
    for (const auto& [name, m] : measures) names.push_back(name);
    return names;
}

// The values of a measure, in `unit` if one is given. Not collective; throws on ranks that have elements.
std::vector<double> measure(const NamedSet& of, const std::string& name, const std::string& unit) {
    if (of.set.ids.empty()) return {};
    const auto found = of.set.measures.find(name);
    if (found == of.set.measures.end())
        throw UserError(
            {of.name, fmt::format("has no measure '{}'", name), did_you_mean(name, names_of(of.set.measures))});
    auto values = found->second.values;
    if (values.size() != of.set.ids.size())
        throw UserError(
            {of.name, fmt::format("measure '{}' has {} values for {} elements", name, values.size(), of.set.ids.size()),
             "it needs one for each element"});
    if (!unit.empty() && !same_dimension(found->second.unit, unit))
        throw UserError({of.name, fmt::format("measure '{}' is in '{}'", name, found->second.unit),
                         fmt::format("expected a unit that converts to {}", unit)});
    const double factor = unit.empty() ? 1.0 : unit_factor(found->second.unit, unit);
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] *= factor;
        if (!std::isfinite(values[i]) || values[i] < 0)
            throw UserError({of.name, fmt::format("measure '{}' of element {} is {}", name, of.set.ids[i], values[i]),
                             "a measure is a finite number, zero or more"});
    }
    return values;
}

// Multiplies every entry with the value of its target.
void scale_rows(std::vector<Entry>& entries, const std::vector<std::int64_t>& ids, const std::vector<double>& values) {
    const IdIndex index(ids);
    for (auto& e : entries) e.value *= values[index.find(e.target)];
}

struct Capacity {
    bool by_target = true;  // the keeper's measure, or the contributor's
    std::string measure;
};

Capacity parse_capacity(const NamedSet& source, const NamedSet& target, const Request& request) {
    const std::string where = fmt::format("pool {} -> {}", source.name, target.name);
    const auto participant = [](const std::string& name) { return name.substr(0, name.find('.')); };
    if (request.capacity.empty())
        throw UserError(
            {where, "a pool needs 'capacity'", fmt::format("e.g. capacity: {}.volume", participant(target.name))});
    if (request.share_by.empty())
        throw UserError({where, "a pool needs 'share_by'",
                         "name the measure of the contributor that splits the keeper's room, e.g. area"});
    const auto dot = request.capacity.find('.');
    if (dot == std::string::npos)
        throw UserError({where, fmt::format("capacity '{}' is not participant.measure", request.capacity),
                         fmt::format("e.g. capacity: {}.{}", participant(target.name), request.capacity)});
    const auto owner = request.capacity.substr(0, dot);
    const auto name = request.capacity.substr(dot + 1);
    if (owner == participant(target.name)) return {true, name};
    if (owner == participant(source.name)) return {false, name};
    throw UserError({where, fmt::format("capacity '{}': '{}' is neither side of the pool", request.capacity, owner),
                     did_you_mean(owner, {participant(target.name), participant(source.name)})});
}

void normalise_pool(MPI_Comm comm, const NamedSet& source, const NamedSet& target, const Directory& sources,
                    const Directory& targets, const Request& request, std::vector<Entry> columns, Plan& plan) {
    Capacity capacity;
    std::vector<double> share, room;
    together(comm, [&] {
        capacity = parse_capacity(source, target, request);
        share = measure(source, request.share_by, "");
        room = measure(capacity.by_target ? target : source, capacity.measure, "um3");
    });

    // `columns` is F seen from the contributors: entry (s, t). The shares of keeper element t are the row t of its
    // transpose.
    auto weighted = columns;
    scale_rows(weighted, source.set.ids, share);
    auto shares = transposed(comm, weighted, targets);
    together(comm, [&] {
        for_each_row(std::span<const Entry>(shares), [&](const Entry* first, const Entry* last) {
            double sum = 0;
            for (const Entry* e = first; e != last; ++e) sum += e->value;
            if (!(sum > 0))
                throw UserError({source.name,
                                 fmt::format("measure '{}' is zero for all {} elements in element {} of {}",
                                             request.share_by, last - first, first->target, target.name),
                                 "the room of a pool cannot be split by it"});
        });
    });
    normalise_rows(shares);
    plan.back = transposed(comm, shares, sources);

    if (capacity.by_target) {
        scale_rows(shares, target.set.ids, room);
        plan.source_capacity = row_sums(transposed(comm, shares, sources), source.set.ids);
        plan.target_capacity = room;
        const auto mapped = has_row(shares, target.set.ids);
        for (std::size_t i = 0; i < mapped.size(); ++i)
            if (!mapped[i]) plan.target_capacity[i] = 0;
    } else {
        const auto mapped = has_row(columns, source.set.ids);
        scale_rows(columns, source.set.ids, room);
        plan.target_capacity = row_sums(transposed(comm, columns, targets), target.set.ids);
        plan.source_capacity = room;
        for (std::size_t i = 0; i < mapped.size(); ++i)
            if (!mapped[i]) plan.source_capacity[i] = 0;
    }
}

}  // namespace

void normalise(MPI_Comm comm, const NamedSet& source, const NamedSet& target, const Directory& sources,
               const Directory& targets, const Request& request, std::vector<Entry> base, Plan& plan) {
    if (request.kind == Kind::state) {
        normalise_rows(base);
        plan.forward = std::move(base);
        return;
    }
    auto columns = transposed(comm, base, sources);
    normalise_rows(columns);
    plan.forward = transposed(comm, columns, targets);
    if (request.kind == Kind::pool)
        normalise_pool(comm, source, target, sources, targets, request, std::move(columns), plan);
}

}  // namespace ngv::mapping
