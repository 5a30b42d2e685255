// A partition of a mesh that nobody sees as a whole: each rank cuts what it holds into small pieces, and METIS deals these
// out by their cost and by the faces between them.
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "coupler/mapping/routing.hpp"
#include "solvers/common/ranks.hpp"
#include "solvers/rd/mesh/graph.hpp"
#include "solvers/rd/mesh/share.hpp"

namespace ngv::rd {

namespace {

constexpr double pieces_a_rank =
    32;  // on average: the cut hardly gets shorter with more, and balance suffers with fewer

Graph graph_of(const std::vector<std::int64_t>& neighbours, const std::vector<std::int32_t>& cost) {
    Graph graph;
    for (std::size_t t = 0; t < cost.size(); ++t) {
        for (int k = 0; k < 4; ++k)
            if (const auto other = neighbours[4 * t + k]; other >= 0)
                graph.adjacent.push_back(static_cast<idx_t>(other));
        graph.first.push_back(static_cast<idx_t>(graph.adjacent.size()));
    }
    graph.weight.assign(cost.begin(), cost.end());
    return graph;
}

struct Contact {
    std::int32_t piece, other;
    std::int64_t faces;
};

}  // namespace

std::vector<std::int32_t> partition_by_pieces(MPI_Comm comm, const Share& share, const Joints& joints,
                                              const PartitionRules& rules) {
    const int rank = rank_of(comm), size = size_of(comm);
    const auto cost = costs(share.mesh, rules.cost);
    const auto n = static_cast<std::int64_t>(cost.size());
    const auto sum = std::accumulate(cost.begin(), cost.end(), std::int64_t{0});
    const double mine = static_cast<double>(sum) / static_cast<double>(mapping::total(comm, sum));
    const auto pieces = std::min(n, std::max<std::int64_t>(1, std::llround(pieces_a_rank * size * mine)));
    std::int64_t before = 0;
    MPI_Exscan(&pieces, &before, 1, MPI_INT64_T, MPI_SUM, comm);
    if (rank == 0) before = 0;

    std::vector<std::int32_t> piece;
    mapping::together(comm, [&] {
        auto graph = graph_of(joints.here, cost);
        if (n > 0) piece = parts_of(graph, static_cast<int>(pieces), share.mesh.name);
        for (auto& p : piece) p += static_cast<std::int32_t>(before);
    });

    std::vector<std::int64_t> weight(static_cast<std::size_t>(pieces), 0);
    std::map<std::pair<std::int32_t, std::int32_t>, std::int64_t> faces;
    const auto others = across(comm, share, joints, piece);
    for (std::int64_t t = 0; t < n; ++t) {
        weight[piece[t] - before] += cost[t];
        for (int k = 0; k < 4; ++k)
            if (const auto other = others[4 * t + k]; other >= 0 && other != piece[t]) ++faces[{piece[t], other}];
    }
    std::vector<Contact> contacts;
    for (const auto& [pair, count] : faces) contacts.push_back({pair.first, pair.second, count});

    // The graph of all pieces is small: rank 0 partitions it.
    const mapping::Routing of_pieces(comm, std::vector<int>(weight.size(), 0));
    const auto weights = of_pieces.forward(weight);
    const auto all = mapping::Routing(comm, std::vector<int>(contacts.size(), 0)).forward(contacts);
    std::vector<std::int32_t> owners;
    mapping::together(comm, [&] {
        if (rank != 0) return;
        Graph graph;
        graph.first.assign(weights.size() + 1, 0);
        for (const auto& c : all) {  // ascending by piece: ranks follow each other
            ++graph.first[c.piece + 1];
            graph.adjacent.push_back(c.other);
            graph.edges.push_back(static_cast<idx_t>(c.faces));
        }
        for (std::size_t p = 0; p < weights.size(); ++p) graph.first[p + 1] += graph.first[p];
        graph.weight.assign(weights.begin(), weights.end());
        owners = parts_of(graph, size, share.mesh.name);
    });
    const auto owner_of_piece = of_pieces.back(owners);
    for (auto& p : piece) p = owner_of_piece[p - before];
    return piece;
}

void unite(MPI_Comm comm, const Share& share, const Joints& joints, const PartitionRules& rules,
           std::vector<std::int32_t>& owner) {
    std::vector<std::int64_t> asked;  // two a triangle
    std::vector<int> holders;
    for (const auto& group : share.mesh.groups) {
        if (group.dimension != 2 || std::count(rules.undivided.begin(), rules.undivided.end(), group.name) == 0)
            continue;
        for (const auto t : group.members)
            for (int side = 0; side < 2 && joints.triangle_faces[2 * t + 1] >= 0; ++side) {
                asked.push_back(joints.triangle_faces[2 * t + side] / 4);
                holders.push_back(joints.triangle_holders[2 * t + side]);
            }
    }
    const mapping::Routing routing(comm, holders);
    std::vector<std::int64_t> places;
    for (const auto id : routing.forward(asked)) places.push_back(share.place(id));

    // What hangs together goes to the rank of its smallest member, whose number travels from triangle to triangle.
    struct Leader {
        std::int64_t id;
        std::int32_t owner;
    };
    std::vector<Leader> leaders;
    for (std::size_t t = 0; t < owner.size(); ++t) leaders.push_back({share.tetrahedra[t], owner[t]});
    for (bool changes = true; mapping::anywhere(comm, changes);) {
        std::vector<Leader> answers;
        for (const auto place : places) answers.push_back(leaders[place]);
        auto sides = routing.back(answers);
        for (std::size_t i = 0; i < sides.size(); i += 2)
            sides[i] = sides[i + 1] = sides[i].id < sides[i + 1].id ? sides[i] : sides[i + 1];
        const auto told = routing.forward(sides);
        changes = false;
        for (std::size_t k = 0; k < told.size(); ++k)
            if (auto& leader = leaders[places[k]]; told[k].id < leader.id) {
                leader = told[k];
                changes = true;
            }
    }
    for (std::size_t t = 0; t < owner.size(); ++t) owner[t] = leaders[t].owner;
}

}  // namespace ngv::rd
