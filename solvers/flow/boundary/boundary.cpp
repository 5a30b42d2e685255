#include "solvers/flow/boundary/boundary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "ngv/error.hpp"

namespace ngv::flow {

namespace {

std::array<BoundaryValue, num_vessel_types> values_of_types(const BoundaryRules& rules) {
    std::array<BoundaryValue, num_vessel_types> result{};
    for (const bool group : {true, false})  // a type's own name overwrites its group's
        for (const auto& [word, value] : rules.by_type) {
            const auto types = types_named(word);
            if (types.empty())
                throw UserError(
                    {rules.where, fmt::format("'{}' is not a type of vessel", word), did_you_mean(word, type_words())});
            if ((types.size() > 1) != group) continue;
            for (const auto type : types) result[static_cast<std::size_t>(type)] = value;
        }
    return result;
}

// The coordinate along an axis at which a network ends on its upper side.
double surface_of(const Graph& graph, int axis) {
    double top = -HUGE_VAL;
    const auto& ends = graph.vessels().ends;
    for (std::size_t k = axis; k < ends.size(); k += 3) top = std::max(top, ends[k]);
    MPI_Allreduce(MPI_IN_PLACE, &top, 1, MPI_DOUBLE, MPI_MAX, graph.comm());
    return top;
}

// Leaves are where a junction has one vessel, which lies on the same rank.
void add_depth(const Graph& graph, int axis, std::vector<BoundaryValue>& values) {
    const double top = surface_of(graph, axis);
    for (std::size_t i = 0; i < graph.num_vessels(); ++i)
        for (int end = 0; end < 2; ++end) {
            const auto j = graph.ends()[i][end];
            if (graph.is_leaf(j) && values[j].per_depth != 0)
                values[j].value += values[j].per_depth * (top - graph.vessels().ends[6 * i + 3 * end + axis]);
        }
}

}  // namespace

Boundary::Boundary(const Graph& graph, const BoundaryRules& rules) : base_pressure_(rules.base_pressure) {
    if (rules.entries)
        assign_entries(graph, *rules.entries, rules.where);
    else
        assign(graph, rules);
    judge(graph, rules);
}

void Boundary::assign(const Graph& graph, const BoundaryRules& rules) {
    const auto of_type = values_of_types(rules);
    values_.resize(graph.num_junctions());
    for (std::size_t j = 0; j < values_.size(); ++j)
        if (graph.is_leaf(j)) values_[j] = of_type[static_cast<std::size_t>(graph.leaf_type(j))];
    add_depth(graph, rules.axis, values_);

    std::vector<int> found;
    found.reserve(rules.by_junction.size());
    const auto& ids = graph.junction_id();
    for (const auto& [id, value] : rules.by_junction) {
        const auto it = std::lower_bound(ids.begin(), ids.end(), id);
        found.push_back(it != ids.end() && *it == id);
        if (found.back()) values_[it - ids.begin()] = value;
    }
    MPI_Allreduce(MPI_IN_PLACE, found.data(), static_cast<int>(found.size()), MPI_INT, MPI_MAX, graph.comm());
    std::size_t i = 0;
    for (const auto& [id, value] : rules.by_junction)
        if (!found[i++])
            throw UserError({rules.where, fmt::format("the network has no junction {}", id),
                             "junctions are named by start_node and end_node of the vessels"});
    if (!rules.estimate) return;
    for (std::size_t j = 0; j < values_.size(); ++j)
        if (graph.is_leaf(j) && values_[j].condition == Condition::closed) values_[j].condition = Condition::estimate;
}

void Boundary::judge(const Graph& graph, const BoundaryRules& rules) {
    enum { pressures, flows, sum, inflow, closed, vessels, width };
    const auto n = graph.num_components();
    std::vector<double> totals(n * width, 0.0);
    std::array<std::int64_t, num_vessel_types> leaves{};
    for (std::size_t j = 0; j < graph.num_junctions(); ++j) {
        if (!graph.junctions().owned(j)) continue;
        double* t = &totals[graph.component_of_junction(j) * width];
        const auto condition = values_[j].condition;
        const double value = values_[j].value;
        if (condition != Condition::closed && condition != Condition::flow) ++t[pressures];
        if (condition == Condition::flow) {
            ++t[flows];
            t[sum] += value;
            t[inflow] += std::max(value, 0.0);
        }
        if (graph.is_leaf(j)) {
            ++leaves[static_cast<std::size_t>(graph.leaf_type(j))];
            if (condition == Condition::closed) ++t[closed];
        }
    }
    for (std::size_t i = 0; i < graph.num_vessels(); ++i) ++totals[graph.component_of_vessel(i) * width + vessels];
    graph.components().combine(totals, Combine::sum, width);

    solved_.resize(n);
    floating_.resize(n);
    std::int64_t unbalanced = INT64_MAX;
    std::array<double, 2> range{HUGE_VAL, HUGE_VAL};  // of given pressures: least, largest negated
    for (const auto& given : values_)
        if (given.condition == Condition::pressure || given.condition == Condition::resistance)
            range = {std::min(range[0], given.value), std::min(range[1], -given.value)};
    std::vector<std::int64_t> counts(7, 0);
    for (std::size_t c = 0; c < n; ++c) {
        const double* t = &totals[c * width];
        solved_[c] = t[pressures] + t[flows] > 0;
        floating_[c] = t[pressures] == 0 && t[flows] > 0;
        if (floating_[c] && !(std::abs(t[sum]) <= 1e-9 * t[inflow]))
            unbalanced = std::min(unbalanced, graph.component_id()[c]);
        if (!graph.components().owned(c)) continue;
        counts[0] += std::llround(t[pressures]);
        counts[1] += std::llround(t[flows]);
        counts[2] += solved_[c] ? std::llround(t[closed]) : 0;
        ++counts[solved_[c] ? 3 : 4];
        counts[solved_[c] ? 5 : 6] += std::llround(t[vessels]);
    }
    MPI_Allreduce(MPI_IN_PLACE, counts.data(), 7, MPI_INT64_T, MPI_SUM, graph.comm());
    MPI_Allreduce(MPI_IN_PLACE, range.data(), 2, MPI_DOUBLE, MPI_MIN, graph.comm());
    summary_ = {counts[0], counts[1], counts[2], counts[3], counts[4], counts[5], counts[6], range[0], -range[1]};
    MPI_Allreduce(MPI_IN_PLACE, &unbalanced, 1, MPI_INT64_T, MPI_MIN, graph.comm());
    MPI_Allreduce(MPI_IN_PLACE, leaves.data(), num_vessel_types, MPI_INT64_T, MPI_SUM, graph.comm());

    if (unbalanced != INT64_MAX) {
        // All ranks must throw; those that hold the component know the numbers, and the others say what they know.
        std::array<double, 2> numbers{-HUGE_VAL, -HUGE_VAL};
        for (std::size_t c = 0; c < n; ++c)
            if (graph.component_id()[c] == unbalanced) numbers = {totals[c * width + sum], totals[c * width + inflow]};
        MPI_Allreduce(MPI_IN_PLACE, numbers.data(), 2, MPI_DOUBLE, MPI_MAX, graph.comm());
        throw UserError(
            {rules.where,
             fmt::format("the flows given for the component with junction {} add up to {:.6g} um3/s (inflow "
                         "{:.6g} um3/s), and nothing fixes its pressure",
                         unbalanced, numbers[0], numbers[1]),
             "give a pressure at one boundary at least, or flows that add up to zero"});
    }
    if (summary_.solved_components == 0) {
        std::string here, given;
        for (int t = 0; t < num_vessel_types; ++t)
            if (leaves[t])
                here +=
                    fmt::format("{}{} {}", here.empty() ? "" : ", ", leaves[t], name_of(static_cast<VesselType>(t)));
        for (const auto& [word, value] : rules.by_type) given += (given.empty() ? "" : ", ") + word;
        throw UserError(
            {rules.where,
             fmt::format("no boundary condition applies: the network's leaves are {}; conditions are given for "
                         "{}",
                         here.empty() ? "none" : here, given.empty() ? "nothing" : given),
             "give a pressure for a type of these leaves, or for single junctions"});
    }
}

std::vector<std::string> Boundary::Summary::lines() const {
    const auto range = pressures ? fmt::format(" ({:.4g} .. {:.4g} mmHg)", least_pressure / pascal_per_mmHg,
                                               largest_pressure / pascal_per_mmHg)
                                 : std::string();
    std::vector<std::string> result{
        fmt::format("boundary: {} pressures{}, {} flows, {} closed ends", pressures, range, flows, closed_leaves)};
    if (unsolved_components)
        result.push_back(
            fmt::format("{} of {} components ({} of {} vessels) have no boundary condition; their flow is "
                        "unknown and written as NaN",
                        unsolved_components, unsolved_components + solved_components, unsolved_vessels,
                        unsolved_vessels + solved_vessels));
    return result;
}

}  // namespace ngv::flow
