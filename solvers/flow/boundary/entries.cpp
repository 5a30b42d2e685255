#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "ngv/error.hpp"
#include "solvers/flow/boundary/boundary.hpp"

namespace ngv::flow {

namespace {

// The id of the component with most junctions; of equal ones the lowest.
std::int64_t largest_component(const Graph& graph) {
    std::vector<std::int64_t> junctions(graph.num_components(), 0);
    for (std::size_t j = 0; j < graph.num_junctions(); ++j)
        if (graph.junctions().owned(j)) ++junctions[graph.component_of_junction(j)];
    graph.components().combine(junctions, Combine::sum);
    std::int64_t most = 0, id = INT64_MAX;
    for (const auto n : junctions) most = std::max(most, n);
    MPI_Allreduce(MPI_IN_PLACE, &most, 1, MPI_INT64_T, MPI_MAX, graph.comm());
    for (std::size_t c = 0; c < junctions.size(); ++c)
        if (junctions[c] == most) id = std::min(id, graph.component_id()[c]);
    MPI_Allreduce(MPI_IN_PLACE, &id, 1, MPI_INT64_T, MPI_MIN, graph.comm());
    return id;
}

}  // namespace

void Boundary::assign_entries(const Graph& graph, const EntryRule& rule, const std::string& where) {
    values_.resize(graph.num_junctions());
    const auto main = largest_component(graph);
    const auto& v = graph.vessels();
    std::array<double, 2> range{HUGE_VAL, HUGE_VAL};  // least, largest negated
    struct Leaf {
        double diameter;
        std::int64_t id;
        std::int32_t junction, vessel;
        bool near;
    };
    std::vector<Leaf> leaves;
    for (std::size_t i = 0; i < v.size(); ++i) {
        if (graph.component_id()[graph.component_of_vessel(i)] != main) continue;
        for (int end = 0; end < 2; ++end) {
            const double x = v.ends[6 * i + 3 * end + rule.axis];
            range = {std::min(range[0], x), std::min(range[1], -x)};
            const auto j = graph.ends()[i][end];
            if (graph.is_leaf(j))
                leaves.push_back(
                    {v.diameter_at(i, end), graph.junction_id()[j], j, static_cast<std::int32_t>(i), false});
        }
    }
    MPI_Allreduce(MPI_IN_PLACE, range.data(), 2, MPI_DOUBLE, MPI_MIN, graph.comm());
    const double bound = -range[1] - (-range[1] - range[0]) * rule.depth;
    for (auto& leaf : leaves) {
        const int end = graph.ends()[leaf.vessel][0] == leaf.junction ? 0 : 1;
        leaf.near = v.ends[6 * leaf.vessel + 3 * end + rule.axis] >= bound;
    }

    // The widest one of all ranks, again and again; of equal ones the highest id, as a stable sort has it.
    double area = 0;
    std::int64_t found = 0;
    std::vector<std::uint8_t> entry(leaves.size(), 0);
    for (; found < rule.count; ++found) {
        std::size_t best = leaves.size();
        for (std::size_t k = 0; k < leaves.size(); ++k)
            if (leaves[k].near && !entry[k] &&
                (best == leaves.size() ||
                 std::pair{leaves[k].diameter, leaves[k].id} > std::pair{leaves[best].diameter, leaves[best].id}))
                best = k;
        const double mine = best < leaves.size() ? leaves[best].diameter : -1.0;
        double widest = mine;
        MPI_Allreduce(MPI_IN_PLACE, &widest, 1, MPI_DOUBLE, MPI_MAX, graph.comm());
        if (widest < 0) break;
        const std::int64_t my_id = mine == widest ? leaves[best].id : INT64_MIN;
        std::int64_t id = my_id;
        MPI_Allreduce(MPI_IN_PLACE, &id, 1, MPI_INT64_T, MPI_MAX, graph.comm());
        if (id == my_id) entry[best] = 1;
    }
    if (found == 0)
        throw UserError({where, "no end of the largest component lies within the depth of the entries",
                         "give a larger depth, or another axis"});
    for (std::size_t k = 0; k < leaves.size(); ++k)
        if (!entry[k]) area += leaves[k].diameter * leaves[k].diameter;
    MPI_Allreduce(MPI_IN_PLACE, &area, 1, MPI_DOUBLE, MPI_SUM, graph.comm());
    if (area == 0)
        throw UserError({where, "every end of the largest component is an entry, so nothing can flow out",
                         "ask for fewer entries"});

    double inflow = 0;
    for (std::size_t k = 0; k < leaves.size(); ++k) {
        const auto& leaf = leaves[k];
        const double share = entry[k] ? -1.0 : leaf.diameter * leaf.diameter / area;
        ports_.push_back({leaf.junction, leaf.vessel, share});
        if (entry[k]) inflow += rule.speed * std::numbers::pi * leaf.diameter * leaf.diameter / 4;
    }
    MPI_Allreduce(MPI_IN_PLACE, &inflow, 1, MPI_DOUBLE, MPI_SUM, graph.comm());
    for (std::size_t k = 0; k < leaves.size(); ++k) {
        const double own = rule.speed * std::numbers::pi * leaves[k].diameter * leaves[k].diameter / 4;
        values_[leaves[k].junction] = {.condition = Condition::flow,
                                       .value = entry[k] ? own : -inflow * ports_[k].share};
    }
}

}  // namespace ngv::flow
