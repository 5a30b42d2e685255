#include "solvers/rd/diffusion/surface_cells.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "ngv/error.hpp"

namespace ngv::rd {

namespace {

struct Triangle {
    std::int64_t id, patch, rank, face;  // face: of its rank
    std::int64_t nodes[3];               // ascending
    double corners[9];
};
static_assert(sizeof(Triangle) == 16 * sizeof(double));

std::vector<Triangle> all_triangles(const LocalMesh& mesh, const RegionMap& regions, MPI_Comm comm) {
    int rank = 0, size = 1;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    std::vector<Triangle> mine;
    for (std::size_t f = 0; f < regions.faces.size(); ++f) {
        const PatchFace& face = regions.faces[f];
        Triangle t{face.triangle, face.patch, rank, static_cast<std::int64_t>(f), {}, {}};
        std::vector<std::pair<std::int64_t, Point>> corners;
        for (int k = 0; k < 4; ++k)
            if (k != face.face) corners.emplace_back(mesh.nodes[4 * face.inside + k], mesh.corner(face.inside, k));
        std::sort(corners.begin(), corners.end());
        for (int k = 0; k < 3; ++k) {
            t.nodes[k] = corners[k].first;
            std::copy(corners[k].second.begin(), corners[k].second.end(), t.corners + 3 * k);
        }
        mine.push_back(t);
    }
    std::vector<int> counts(static_cast<std::size_t>(size)), begin(static_cast<std::size_t>(size), 0);
    const int bytes = static_cast<int>(mine.size() * sizeof(Triangle));
    MPI_Allgather(&bytes, 1, MPI_INT, counts.data(), 1, MPI_INT, comm);
    for (int r = 1; r < size; ++r) begin[r] = begin[r - 1] + counts[r - 1];
    std::vector<Triangle> all(static_cast<std::size_t>(begin.back() + counts.back()) / sizeof(Triangle));
    MPI_Allgatherv(mine.data(), bytes, MPI_BYTE, all.data(), counts.data(), begin.data(), MPI_BYTE, comm);
    return all;
}

Point corner(const Triangle& t, int k) {
    return {t.corners[3 * k], t.corners[3 * k + 1], t.corners[3 * k + 2]};
}

}  // namespace

SurfaceCells::SurfaceCells(const LocalMesh& mesh, const RegionMap& regions, MPI_Comm comm) {
    int rank = 0;
    MPI_Comm_rank(comm, &rank);
    const auto all = all_triangles(mesh, regions, comm);
    std::map<std::array<std::int64_t, 3>, std::vector<std::int32_t>> by_edge;  // patch and two nodes
    for (std::size_t t = 0; t < all.size(); ++t)
        for (int k = 0; k < 3; ++k)
            by_edge[{all[t].patch, all[t].nodes[(k + 1) % 3], all[t].nodes[(k + 2) % 3]}].push_back(
                static_cast<std::int32_t>(t));
    // Keys must not depend on which corner comes first.
    std::map<std::array<std::int64_t, 3>, std::vector<std::int32_t>> edges;
    for (auto& [key, members] : by_edge) {
        auto& joined = edges[{key[0], std::min(key[1], key[2]), std::max(key[1], key[2])}];
        joined.insert(joined.end(), members.begin(), members.end());
    }
    const auto behind = [&](std::int32_t t, int k) -> std::int32_t {
        const auto a = all[t].nodes[(k + 1) % 3], b = all[t].nodes[(k + 2) % 3];
        const auto& members = edges.at({all[t].patch, std::min(a, b), std::max(a, b)});
        if (members.size() != 2) return -1;
        return members[0] == t ? members[1] : members[0];
    };

    std::vector<std::int32_t> owned, surface, ghosts;
    for (std::int32_t t = 0; t < static_cast<std::int32_t>(all.size()); ++t) {
        if (all[t].rank != rank) continue;
        bool at_ghost = false;
        for (int k = 0; k < 3; ++k)
            if (const auto other = behind(t, k); other >= 0 && all[other].rank != rank) {
                at_ghost = true;
                ghosts.push_back(other);
            }
        (at_ghost ? surface : owned).push_back(t);
    }
    cells.num_interior = static_cast<std::int32_t>(owned.size());
    owned.insert(owned.end(), surface.begin(), surface.end());
    std::sort(ghosts.begin(), ghosts.end(),
              [&](auto a, auto b) { return std::tie(all[a].rank, all[a].id) < std::tie(all[b].rank, all[b].id); });
    ghosts.erase(std::unique(ghosts.begin(), ghosts.end()), ghosts.end());
    cells.num_global = static_cast<std::int64_t>(all.size());
    cells.num_owned = static_cast<std::int32_t>(owned.size());
    for (const auto t : owned) face.push_back(static_cast<std::int32_t>(all[t].face));
    owned.insert(owned.end(), ghosts.begin(), ghosts.end());
    std::map<std::int32_t, std::int32_t> local;
    for (std::size_t i = 0; i < owned.size(); ++i) local[owned[i]] = static_cast<std::int32_t>(i);
    for (std::size_t i = 0; i < owned.size(); ++i) {
        const Triangle& t = all[owned[i]];
        const Point a = corner(t, 0), b = corner(t, 1), c = corner(t, 2);
        cells.ids.push_back(t.id);
        cells.volumes.push_back(norm(area_normal(a, b, c)));
        const Point centroid = (1.0 / 3.0) * (a + b + c);
        cells.centroids.insert(cells.centroids.end(), centroid.begin(), centroid.end());
        corners.insert(corners.end(), {a, b, c});
        if (static_cast<std::int32_t>(i) >= cells.num_owned) continue;
        for (int k = 0; k < 3; ++k) {
            const auto other = behind(owned[i], k);
            cells.neighbours.push_back(other < 0 ? -1 : local.at(other));
        }
        cells.neighbours.push_back(-1);
    }
    for (std::size_t g = 0; g < ghosts.size(); ++g) {
        const int owner = static_cast<int>(all[ghosts[g]].rank);
        const auto at = cells.num_owned + static_cast<std::int32_t>(g);
        if (cells.peers.empty() || cells.peers.back().rank != owner) cells.peers.push_back({owner, {}, at, 0});
        ++cells.peers.back().ghosts;
    }
    for (auto& peer : cells.peers) {
        for (std::int32_t i = cells.num_interior; i < cells.num_owned; ++i)
            for (int k = 0; k < 3; ++k) {
                const auto j = cells.neighbours[4 * i + k];
                if (j < peer.first_ghost || j >= peer.first_ghost + peer.ghosts) continue;
                peer.sends.push_back(i);
                break;
            }
        std::sort(peer.sends.begin(), peer.sends.end(), [&](auto a, auto b) { return cells.ids[a] < cells.ids[b]; });
    }
}

CellShape SurfaceCells::shape() const {
    const auto normal = [this](std::int32_t i) {
        const Point n = area_normal(corners[3 * i], corners[3 * i + 1], corners[3 * i + 2]);
        return (1.0 / norm(n)) * n;
    };
    // The edge's direction, the same from both sides because corners stand in the order of their nodes; and what points
    // from the edge into the triangle, at right angles to it.
    struct Edge {
        Point begin, direction, inward;
        double length;
    };
    const auto edge = [this](std::int32_t i, int k) {
        const Point &apex = corners[3 * i + k], &p = corners[3 * i + (k == 0 ? 1 : 0)],
                    &q = corners[3 * i + (k == 2 ? 1 : 2)];
        Edge e{p, q - p, apex - p, norm(q - p)};
        e.direction = (1.0 / e.length) * e.direction;
        e.inward = e.inward - dot(e.inward, e.direction) * e.direction;
        e.inward = (1.0 / norm(e.inward)) * e.inward;
        return e;
    };
    CellShape shape;
    shape.mirror = 4.0 / 3.0;
    shape.normal = normal;
    shape.outward_area = [edge](std::int32_t i, int k) {
        if (k == 3) return Point{0, 0, 0};
        const Edge e = edge(i, k);
        return -e.length * e.inward;
    };
    shape.to_neighbour = [this, edge](std::int32_t i, int k) {
        const std::int32_t j = cells.neighbours[4 * i + k];
        const Edge here = edge(i, k);
        const Point from = cells.centroid(i) - here.begin;
        const Point to = cells.centroid(j) - here.begin;
        // Distance of j's centroid from the edge, measured in j's own plane.
        const double along = dot(to, here.direction);
        const double beyond = norm(to - along * here.direction);
        return along * here.direction - beyond * here.inward - from;
    };
    return shape;
}

}  // namespace ngv::rd
