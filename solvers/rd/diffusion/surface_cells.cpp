#include "solvers/rd/diffusion/surface_cells.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "coupler/mapping/routing.hpp"

namespace ngv::rd {

namespace {

struct Triangle {
    std::int64_t id, patch, rank, face;  // face: of its rank
    std::int64_t nodes[3];               // ascending
    double corners[9];
};
static_assert(sizeof(Triangle) == 16 * sizeof(double));

std::vector<Triangle> triangles_of(const LocalMesh& mesh, const RegionMap& regions, int rank) {
    std::vector<Triangle> mine;
    mine.reserve(regions.faces.size());
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
    return mine;
}

/// [3 triangles] what lies behind the edge opposite of corner k on the same patch; rank -1: nothing, or more than one
/// triangle. Each edge is matched by the rank that its number falls to, so that nobody sees all triangles.
std::vector<Triangle> behind_edges(const std::vector<Triangle>& mine, MPI_Comm comm) {
    using Edge = std::array<std::int64_t, 3>;  // patch and two points, ascending
    const auto edge = [](const Triangle& t, int k) {
        return Edge{t.patch, t.nodes[k == 0 ? 1 : 0], t.nodes[k == 2 ? 1 : 2]};
    };
    struct Side {
        Triangle triangle;
        std::int64_t k;
    };
    int size = 1;
    MPI_Comm_size(comm, &size);
    std::vector<int> keeper;
    std::vector<Side> sides;
    for (const auto& t : mine)
        for (int k = 0; k < 3; ++k) {
            const Edge e = edge(t, k);
            keeper.push_back(static_cast<int>((e[1] + 31 * e[2]) % size));
            sides.push_back({t, k});
        }
    const mapping::Routing routing(comm, keeper);
    const auto arrived = routing.forward(sides);
    std::map<Edge, std::vector<std::size_t>> at;
    for (std::size_t s = 0; s < arrived.size(); ++s)
        at[edge(arrived[s].triangle, static_cast<int>(arrived[s].k))].push_back(s);
    Triangle nothing{};
    nothing.rank = -1;
    std::vector<Triangle> answers(arrived.size(), nothing);
    for (const auto& [key, pair] : at)
        if (pair.size() == 2) {
            answers[pair[0]] = arrived[pair[1]].triangle;
            answers[pair[1]] = arrived[pair[0]].triangle;
        }
    return routing.back(answers);
}

Point corner(const Triangle& t, int k) {
    return {t.corners[3 * k], t.corners[3 * k + 1], t.corners[3 * k + 2]};
}

}  // namespace

SurfaceCells::SurfaceCells(const LocalMesh& mesh, const RegionMap& regions, MPI_Comm comm) {
    int rank = 0;
    MPI_Comm_rank(comm, &rank);
    const auto mine = triangles_of(mesh, regions, rank);
    const auto behind = behind_edges(mine, comm);

    std::vector<Triangle> here, at_ghosts, ghosts;
    for (std::size_t t = 0; t < mine.size(); ++t) {
        bool at_ghost = false;
        for (int k = 0; k < 3; ++k)
            if (const Triangle& other = behind[3 * t + k]; other.rank >= 0 && other.rank != rank) {
                at_ghost = true;
                ghosts.push_back(other);
            }
        (at_ghost ? at_ghosts : here).push_back(mine[t]);
    }
    cells.num_interior = static_cast<std::int32_t>(here.size());
    here.insert(here.end(), at_ghosts.begin(), at_ghosts.end());
    std::sort(ghosts.begin(), ghosts.end(), [](const auto& a, const auto& b) {
        return std::tie(a.rank, a.id, a.patch) < std::tie(b.rank, b.id, b.patch);
    });
    ghosts.erase(std::unique(ghosts.begin(), ghosts.end(),
                             [](const auto& a, const auto& b) { return a.id == b.id && a.patch == b.patch; }),
                 ghosts.end());
    cells.num_owned = static_cast<std::int32_t>(here.size());
    cells.num_global = mapping::total(comm, std::int64_t{cells.num_owned});
    for (const auto& t : here) face.push_back(static_cast<std::int32_t>(t.face));
    here.insert(here.end(), ghosts.begin(), ghosts.end());
    std::map<std::pair<std::int64_t, std::int64_t>, std::int32_t> local;
    for (std::size_t i = 0; i < here.size(); ++i) local[{here[i].patch, here[i].id}] = static_cast<std::int32_t>(i);
    for (std::size_t i = 0; i < here.size(); ++i) {
        const Triangle& t = here[i];
        const Point a = corner(t, 0), b = corner(t, 1), c = corner(t, 2);
        cells.ids.push_back(t.id);
        cells.volumes.push_back(norm(area_normal(a, b, c)));
        const Point centroid = (1.0 / 3.0) * (a + b + c);
        cells.centroids.insert(cells.centroids.end(), centroid.begin(), centroid.end());
        corners.insert(corners.end(), {a, b, c});
        if (static_cast<std::int32_t>(i) >= cells.num_owned) continue;
        for (int k = 0; k < 3; ++k) {
            const Triangle& other = behind[3 * t.face + k];
            cells.neighbours.push_back(other.rank < 0 ? -1 : local.at({other.patch, other.id}));
        }
        cells.neighbours.push_back(-1);
    }
    for (std::size_t g = 0; g < ghosts.size(); ++g) {
        const int owner = static_cast<int>(ghosts[g].rank);
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
