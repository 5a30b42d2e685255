// METIS on the dual graph, with a cost for each tetrahedron and surfaces that are not cut.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "ngv/error.hpp"
#include "solvers/rd/mesh/graph.hpp"
#include "solvers/rd/mesh/local_mesh.hpp"

namespace ngv::rd {

namespace {

const MeshGroup* find_group(const TetMesh& mesh, const std::string& name, int dimension) {
    for (const auto& g : mesh.groups)
        if (g.dimension == dimension && g.name == name) return &g;
    return nullptr;
}

// Tetrahedra that stay together, numbered from 0 in the order of their first member: [tetrahedra]; and how many.
std::pair<std::vector<std::int64_t>, std::int64_t> clusters(const TetMesh& mesh,
                                                            const std::vector<std::int64_t>& neighbours,
                                                            const std::vector<std::string>& undivided) {
    const std::int64_t n = mesh.num_tetrahedra();
    std::vector<std::int64_t> parent(static_cast<std::size_t>(n));
    std::iota(parent.begin(), parent.end(), 0);
    const auto root = [&](std::int64_t i) {
        while (parent[i] != i) i = parent[i] = parent[parent[i]];
        return i;
    };
    std::vector<std::int64_t> faces;
    for (const auto& name : undivided) {
        const MeshGroup* group = find_group(mesh, name, 2);
        if (group == nullptr) continue;
        if (faces.empty()) faces = faces_of_triangles(mesh, neighbours);
        for (const auto t : group->members) {
            if (faces[2 * t + 1] < 0) continue;
            const auto a = root(faces[2 * t] / 4), b = root(faces[2 * t + 1] / 4);
            parent[std::max(a, b)] = std::min(a, b);
        }
    }
    std::vector<std::int64_t> cluster(static_cast<std::size_t>(n));
    std::int64_t count = 0;
    for (std::int64_t i = 0; i < n; ++i) cluster[i] = root(i) == i ? count++ : cluster[root(i)];
    return {std::move(cluster), count};
}

}  // namespace

std::vector<std::int32_t> costs(const TetMesh& mesh, const std::map<std::string, int>& cost) {
    std::vector<std::int32_t> result(static_cast<std::size_t>(mesh.num_tetrahedra()), 1);
    for (const auto& [name, value] : cost)
        if (const MeshGroup* group = find_group(mesh, name, 3))
            for (const auto t : group->members) result[t] = std::max(result[t], value);
    return result;
}

std::vector<std::int32_t> partition(const TetMesh& mesh, const std::vector<std::int64_t>& neighbours, int parts,
                                    const PartitionRules& rules) {
    const std::int64_t n = mesh.num_tetrahedra();
    if (parts == 1) return std::vector<std::int32_t>(static_cast<std::size_t>(n), 0);
    if (4 * n > std::numeric_limits<idx_t>::max())
        throw UserError(Problem{mesh.name, fmt::format("{} tetrahedra are more than this METIS can number", n),
                                "use a METIS of 64-bit indices"});
    const auto [cluster, num_clusters] = clusters(mesh, neighbours, rules.undivided);
    const auto cost = costs(mesh, rules.cost);

    // Tetrahedra in the order of their clusters.
    std::vector<std::int64_t> begin(static_cast<std::size_t>(num_clusters) + 1, 0), sorted(cluster.size());
    for (const auto c : cluster) ++begin[c + 1];
    for (std::size_t c = 1; c < begin.size(); ++c) begin[c] += begin[c - 1];
    auto next = begin;
    for (std::int64_t i = 0; i < n; ++i) sorted[next[cluster[i]]++] = i;

    Graph graph;
    graph.first.reserve(begin.size());
    graph.adjacent.reserve(neighbours.size());
    for (std::int64_t c = 0; c < num_clusters; ++c) {
        auto& adjacent = graph.adjacent;
        const auto row = static_cast<std::ptrdiff_t>(adjacent.size());
        idx_t sum = 0;
        for (auto m = begin[c]; m < begin[c + 1]; ++m) {
            sum += cost[sorted[m]];
            for (int k = 0; k < 4; ++k) {
                const auto other = neighbours[4 * sorted[m] + k];
                if (other >= 0 && cluster[other] != c) adjacent.push_back(static_cast<idx_t>(cluster[other]));
            }
        }
        std::sort(adjacent.begin() + row, adjacent.end());
        adjacent.erase(std::unique(adjacent.begin() + row, adjacent.end()), adjacent.end());
        graph.first.push_back(static_cast<idx_t>(adjacent.size()));
        graph.weight.push_back(sum);
    }
    const auto part_of_cluster = parts_of(graph, parts, mesh.name);
    std::vector<std::int32_t> owner(static_cast<std::size_t>(n));
    for (std::int64_t i = 0; i < n; ++i) owner[i] = part_of_cluster[cluster[i]];
    return owner;
}

}  // namespace ngv::rd
