// METIS on the dual graph, with a cost for each tetrahedron and surfaces that are not cut.
#include <fmt/format.h>
#include <metis.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "ngv/error.hpp"
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

std::vector<idx_t> costs(const TetMesh& mesh, const std::map<std::string, int>& cost) {
    std::vector<idx_t> result(static_cast<std::size_t>(mesh.num_tetrahedra()), 1);
    for (const auto& [name, value] : cost)
        if (const MeshGroup* group = find_group(mesh, name, 3))
            for (const auto t : group->members) result[t] = std::max<idx_t>(result[t], value);
    return result;
}

}  // namespace

std::vector<std::int32_t> partition(const TetMesh& mesh, const std::vector<std::int64_t>& neighbours, int parts,
                                    const PartitionRules& rules) {
    const std::int64_t n = mesh.num_tetrahedra();
    if (parts == 1) return std::vector<std::int32_t>(static_cast<std::size_t>(n), 0);
    if (4 * n > std::numeric_limits<idx_t>::max())
        throw UserError(Problem{mesh.name, fmt::format("{} tetrahedra are more than this METIS can number", n),
                                "use a METIS of 64-bit indices"});
    const auto [cluster, num_clusters] = clusters(mesh, neighbours, rules.undivided);
    const auto cost = costs(mesh, rules.cost);

    std::vector<std::int32_t> part_of_cluster(static_cast<std::size_t>(num_clusters), 0);
    if (num_clusters <= 4 * static_cast<std::int64_t>(parts)) {  // METIS leaves parts empty or fails on such graphs
        for (std::int64_t i = 0; i < num_clusters; ++i)
            part_of_cluster[i] = static_cast<std::int32_t>(i * parts / std::max<std::int64_t>(num_clusters, parts));
    } else {
        // Tetrahedra in the order of their clusters.
        std::vector<std::int64_t> begin(static_cast<std::size_t>(num_clusters) + 1, 0), sorted(cluster.size());
        for (const auto c : cluster) ++begin[c + 1];
        for (std::size_t c = 1; c < begin.size(); ++c) begin[c] += begin[c - 1];
        auto next = begin;
        for (std::int64_t i = 0; i < n; ++i) sorted[next[cluster[i]]++] = i;

        std::vector<idx_t> first{0}, adjacent, weight;
        first.reserve(begin.size());
        adjacent.reserve(neighbours.size());
        for (std::int64_t c = 0; c < num_clusters; ++c) {
            const auto row = adjacent.size();
            idx_t sum = 0;
            for (auto m = begin[c]; m < begin[c + 1]; ++m) {
                sum += cost[sorted[m]];
                for (int k = 0; k < 4; ++k) {
                    const auto other = neighbours[4 * sorted[m] + k];
                    if (other >= 0 && cluster[other] != c) adjacent.push_back(static_cast<idx_t>(cluster[other]));
                }
            }
            std::sort(adjacent.begin() + static_cast<std::ptrdiff_t>(row), adjacent.end());
            adjacent.erase(std::unique(adjacent.begin() + static_cast<std::ptrdiff_t>(row), adjacent.end()),
                           adjacent.end());
            first.push_back(static_cast<idx_t>(adjacent.size()));
            weight.push_back(sum);
        }
        idx_t options[METIS_NOPTIONS];
        METIS_SetDefaultOptions(options);
        options[METIS_OPTION_SEED] = 1;
        options[METIS_OPTION_NUMBERING] = 0;
        idx_t vertices = static_cast<idx_t>(num_clusters), constraints = 1, num_parts = parts, cut = 0;
        const int status =
            METIS_PartGraphKway(&vertices, &constraints, first.data(), adjacent.data(), weight.data(), nullptr, nullptr,
                                &num_parts, nullptr, nullptr, options, &cut, part_of_cluster.data());
        if (status != METIS_OK)
            throw UserError(
                Problem{mesh.name, fmt::format("METIS could not partition it into {} (code {})", parts, status), ""});
    }
    std::vector<std::int32_t> owner(static_cast<std::size_t>(n));
    for (std::int64_t i = 0; i < n; ++i) owner[i] = part_of_cluster[cluster[i]];
    return owner;
}

}  // namespace ngv::rd
