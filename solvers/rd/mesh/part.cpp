#include "solvers/rd/mesh/part.hpp"

#include <algorithm>
#include <unordered_map>

#include "solvers/rd/mesh/space_curve.hpp"

namespace ngv::rd {

namespace {

// Triangles and groups of the part, in local numbers.
void build_groups(LocalMesh& mesh, const Part& part, const std::vector<std::int32_t>& local) {
    mesh.triangle_ids = part.triangles;
    for (const auto face : part.triangle_faces)
        mesh.triangle_faces.push_back(face < 0 ? -1 : 4 * local[face / 4] + static_cast<std::int32_t>(face % 4));
    for (const auto& from : part.groups) {
        auto& group = mesh.groups.emplace_back(LocalMesh::Group{from.name, from.dimension});
        for (const auto m : from.members)
            group.members.push_back(from.dimension == 3 ? local[m] : static_cast<std::int32_t>(m));
        std::sort(group.members.begin(), group.members.end());
    }
}

}  // namespace

LocalMesh local_mesh_of(const Part& part) {
    const auto n = static_cast<std::int32_t>(part.num_owned);
    const auto all = static_cast<std::int32_t>(part.ids.size());
    std::unordered_map<std::int64_t, std::int32_t> part_index;
    part_index.reserve(part.ids.size());
    for (std::int32_t i = 0; i < all; ++i) part_index.emplace(part.ids[i], i);

    // Order: interior along the curve, then surface along the curve, then ghosts as they came.
    std::vector<std::uint8_t> at_surface(n, 0);
    for (std::int32_t i = 0; i < n; ++i)
        for (int k = 0; k < 4; ++k) {
            const auto other = part.neighbours[4 * i + k];
            if (other >= 0 && part_index.at(other) >= n) at_surface[i] = 1;
        }
    std::vector<std::int32_t> order = order_along_curve(part.corners, n);
    std::stable_partition(order.begin(), order.end(), [&](std::int32_t i) { return !at_surface[i]; });
    for (std::int32_t i = n; i < all; ++i) order.push_back(i);
    std::vector<std::int32_t> local(all);
    for (std::int32_t i = 0; i < all; ++i) local[order[i]] = i;

    LocalMesh mesh;
    mesh.num_global = part.num_global;
    mesh.num_owned = n;
    mesh.num_interior = static_cast<std::int32_t>(std::count(at_surface.begin(), at_surface.end(), 0));
    for (std::int32_t i = 0; i < all; ++i) {
        const std::int32_t from = order[i];
        const double* c = &part.corners[12 * static_cast<std::size_t>(from)];
        mesh.ids.push_back(part.ids[from]);
        mesh.nodes.insert(mesh.nodes.end(), &part.nodes[4 * static_cast<std::size_t>(from)],
                          &part.nodes[4 * static_cast<std::size_t>(from)] + 4);
        mesh.corners.insert(mesh.corners.end(), c, c + 12);
        mesh.volumes.push_back(
            signed_volume(mesh.corner(i, 0), mesh.corner(i, 1), mesh.corner(i, 2), mesh.corner(i, 3)));
        for (int d = 0; d < 3; ++d) mesh.centroids.push_back(0.25 * (c[d] + c[3 + d] + c[6 + d] + c[9 + d]));
        if (i >= n) continue;
        for (int k = 0; k < 4; ++k) {
            const auto other = part.neighbours[4 * static_cast<std::size_t>(from) + k];
            mesh.neighbours.push_back(other < 0 ? -1 : local[part_index.at(other)]);
        }
    }

    for (std::int32_t i = n; i < all; ++i) {
        const int owner = part.owners[i];
        if (mesh.peers.empty() || mesh.peers.back().rank != owner) mesh.peers.push_back({owner, {}, i, 0});
        ++mesh.peers.back().ghosts;
    }
    // A tetrahedron at a ghost of rank p is in turn a ghost of p: faces work both ways.
    for (auto& peer : mesh.peers) {
        for (std::int32_t i = mesh.num_interior; i < n; ++i)
            for (int k = 0; k < 4; ++k) {
                const auto j = mesh.neighbours[4 * i + k];
                if (j < peer.first_ghost || j >= peer.first_ghost + peer.ghosts) continue;
                peer.sends.push_back(i);
                break;
            }
        std::sort(peer.sends.begin(), peer.sends.end(), [&](auto a, auto b) { return mesh.ids[a] < mesh.ids[b]; });
    }
    build_groups(mesh, part, local);
    return mesh;
}

}  // namespace ngv::rd
