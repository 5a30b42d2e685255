#include "solvers/rd/mesh/tet_mesh.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>

#include "ngv/error.hpp"
#include "solvers/rd/mesh/geometry.hpp"

namespace ngv::rd {

namespace {

Point point(const TetMesh& mesh, std::int64_t node) {
    return {mesh.points[3 * node], mesh.points[3 * node + 1], mesh.points[3 * node + 2]};
}

UserError unusable(const TetMesh& mesh, std::string what, std::string fix) {
    return UserError(Problem{mesh.name, std::move(what), std::move(fix)});
}

std::string at(const Point& p) {
    return fmt::format("({:.6g}, {:.6g}, {:.6g}) um", p[0], p[1], p[2]);
}

Point centroid_of_face(const TetMesh& mesh, const std::array<std::int64_t, 3>& nodes) {
    Point sum{0, 0, 0};
    for (const auto node : nodes) sum = sum + point(mesh, node);
    return (1.0 / 3.0) * sum;
}

struct Side {
    std::array<std::int64_t, 3> nodes;  // ascending
    std::int64_t slot;                  // 4 * tetrahedron + face
};

Side side(const TetMesh& mesh, std::int64_t slot) {
    Side result{{}, slot};
    const std::int64_t* corner = &mesh.corners[slot / 4 * 4];
    for (int k = 0, n = 0; k < 4; ++k)
        if (k != slot % 4) result.nodes[n++] = corner[k];
    std::sort(result.nodes.begin(), result.nodes.end());
    return result;
}

// The tetrahedra of a face lie on its two sides; on one side they overlap.
void check_sides(const TetMesh& mesh, std::int64_t a, std::int64_t b) {
    Point p[3];
    for (int k = 0, n = 0; k < 4; ++k)
        if (k != a % 4) p[n++] = point(mesh, mesh.corners[a / 4 * 4 + k]);
    const Point normal = area_normal(p[0], p[1], p[2]);
    if (dot(normal, point(mesh, mesh.corners[a]) - p[0]) * dot(normal, point(mesh, mesh.corners[b]) - p[0]) < 0) return;
    throw unusable(mesh,
                   fmt::format("tetrahedra {} and {} lie on the same side of their common face at {}", a / 4, b / 4,
                               at((1.0 / 3.0) * (p[0] + p[1] + p[2]))),
                   "the elements overlap: mesh again, or repair the mesh where nodes were moved");
}

// Two boundary faces at the same place mean that two parts of the mesh touch without sharing nodes: nothing would
// diffuse across. Faces are compared on a grid far finer than their size.
void check_parts_are_merged(const TetMesh& mesh, const std::vector<std::int64_t>& neighbours) {
    std::vector<std::pair<Point, std::int64_t>> faces;
    double extent = 0;
    for (const double x : mesh.points) extent = std::max(extent, std::abs(x));
    const double cell = 1e-9 * std::max(extent, 1e-300);
    for (std::size_t slot = 0; slot < neighbours.size(); ++slot) {
        if (neighbours[slot] >= 0) continue;
        Point p = centroid_of_face(mesh, side(mesh, static_cast<std::int64_t>(slot)).nodes);
        for (double& x : p) x = std::round(x / cell);
        faces.emplace_back(p, static_cast<std::int64_t>(slot));
    }
    std::sort(faces.begin(), faces.end());
    for (std::size_t i = 1; i < faces.size(); ++i) {
        if (faces[i].first != faces[i - 1].first) continue;
        throw unusable(mesh,
                       fmt::format("tetrahedra {} and {} touch at {} without sharing nodes", faces[i - 1].second / 4,
                                   faces[i].second / 4, at(cell * faces[i].first)),
                       "merge the duplicate nodes (gmsh: Coherence Mesh) so that the mesh conforms");
    }
}

}  // namespace

std::int64_t repair_and_check(TetMesh& mesh) {
    if (mesh.corners.empty())
        throw unusable(
            mesh, "has no tetrahedra",
            "a volume mesh is needed: in gmsh, mesh in 3D and save the volumes (Mesh.SaveAll=1 when there are "
            "physical groups without volumes)");
    for (std::size_t i = 0; i < mesh.points.size(); ++i)
        if (!std::isfinite(mesh.points[i]))
            throw unusable(mesh, fmt::format("a coordinate of node number {} is not finite", i / 3), "");

    std::int64_t turned = 0;
    for (std::int64_t t = 0; t < mesh.num_tetrahedra(); ++t) {
        std::int64_t* corner = &mesh.corners[4 * t];
        for (int k = 0; k < 4; ++k)
            if (corner[k] < 0 || corner[k] >= mesh.num_points())
                throw unusable(mesh, fmt::format("tetrahedron {} names a node that does not exist", t), "");
        const Point a = point(mesh, corner[0]), b = point(mesh, corner[1]), c = point(mesh, corner[2]),
                    d = point(mesh, corner[3]);
        const double volume = signed_volume(a, b, c, d);
        const double longest = std::max({norm(b - a), norm(c - a), norm(d - a), norm(c - b), norm(d - b), norm(d - c)});
        // Below this the sign of the volume is rounding: the regular tetrahedron of this edge has 0.118 edge^3.
        if (!(std::abs(volume) > 1e-13 * longest * longest * longest))
            throw unusable(mesh, fmt::format("tetrahedron {} at {} has no volume", t, at(0.25 * (a + b + c + d))),
                           "remove duplicate nodes and degenerate elements, or optimise the mesh (gmsh -optimize)");
        if (volume < 0) {
            std::swap(corner[2], corner[3]);
            ++turned;
        }
    }
    return turned;
}

std::vector<std::int64_t> face_neighbours(const TetMesh& mesh) {
    const std::int64_t num_slots = 4 * mesh.num_tetrahedra();
    std::vector<std::int64_t> neighbours(static_cast<std::size_t>(num_slots), -1);

    // Faces are bucketed by their smallest node, then matched inside the small buckets.
    std::vector<std::int64_t> begin(static_cast<std::size_t>(mesh.num_points()) + 1, 0);
    for (std::int64_t slot = 0; slot < num_slots; ++slot) ++begin[side(mesh, slot).nodes[0] + 1];
    for (std::size_t i = 1; i < begin.size(); ++i) begin[i] += begin[i - 1];
    std::vector<std::int64_t> slots(static_cast<std::size_t>(num_slots));
    auto next = begin;
    for (std::int64_t slot = 0; slot < num_slots; ++slot) slots[next[side(mesh, slot).nodes[0]]++] = slot;

    std::vector<Side> bucket;
    for (std::size_t node = 0; node + 1 < begin.size(); ++node) {
        bucket.clear();
        for (auto i = begin[node]; i < begin[node + 1]; ++i) bucket.push_back(side(mesh, slots[i]));
        std::sort(bucket.begin(), bucket.end(),
                  [](const Side& a, const Side& b) { return std::tie(a.nodes, a.slot) < std::tie(b.nodes, b.slot); });
        for (std::size_t i = 0; i < bucket.size();) {
            std::size_t end = i + 1;
            while (end < bucket.size() && bucket[end].nodes == bucket[i].nodes) ++end;
            if (end - i > 2)
                throw unusable(
                    mesh,
                    fmt::format("{} tetrahedra ({}, {}, {}, ...) share one face at {}", end - i, bucket[i].slot / 4,
                                bucket[i + 1].slot / 4, bucket[i + 2].slot / 4,
                                at(centroid_of_face(mesh, bucket[i].nodes))),
                    "a face belongs to one or two tetrahedra: remove the elements that overlap or stand twice");
            if (end - i == 2) {
                check_sides(mesh, bucket[i].slot, bucket[i + 1].slot);
                neighbours[bucket[i].slot] = bucket[i + 1].slot / 4;
                neighbours[bucket[i + 1].slot] = bucket[i].slot / 4;
            }
            i = end;
        }
    }
    check_parts_are_merged(mesh, neighbours);
    return neighbours;
}

std::vector<std::int64_t> faces_of_triangles(const TetMesh& mesh, const std::vector<std::int64_t>& neighbours) {
    std::map<std::array<std::int64_t, 3>, std::vector<std::int64_t>> by_nodes;  // triangles; one may stand twice
    for (std::int64_t t = 0; t < mesh.num_triangles(); ++t) {
        std::array<std::int64_t, 3> nodes{mesh.triangles[3 * t], mesh.triangles[3 * t + 1], mesh.triangles[3 * t + 2]};
        std::sort(nodes.begin(), nodes.end());
        by_nodes[nodes].push_back(t);
    }
    std::vector<std::int64_t> faces(2 * static_cast<std::size_t>(mesh.num_triangles()), -1);
    if (by_nodes.empty()) return faces;
    std::vector<bool> on_surface(static_cast<std::size_t>(mesh.num_points()), false);
    for (const auto node : mesh.triangles) on_surface[node] = true;
    for (std::int64_t slot = 0; slot < 4 * mesh.num_tetrahedra(); ++slot) {
        if (neighbours[slot] >= 0 && neighbours[slot] < slot / 4) continue;  // seen from the other side
        const auto nodes = side(mesh, slot).nodes;
        if (!on_surface[nodes[0]] || !on_surface[nodes[1]] || !on_surface[nodes[2]]) continue;
        const auto found = by_nodes.find(nodes);
        if (found == by_nodes.end()) continue;
        std::int64_t back = -1;
        for (std::int64_t k = 0; neighbours[slot] >= 0 && k < 4; ++k)
            if (neighbours[4 * neighbours[slot] + k] == slot / 4) back = 4 * neighbours[slot] + k;
        for (const auto t : found->second) {
            faces[2 * t] = slot;
            faces[2 * t + 1] = back;
        }
    }
    return faces;
}

void add_surface(TetMesh& mesh, const std::string& name, const std::vector<std::int64_t>& faces) {
    MeshGroup group{.name = name, .dimension = 2, .members = {}};
    for (const auto face : faces) {
        group.members.push_back(mesh.num_triangles());
        for (const auto node : side(mesh, face).nodes) mesh.triangles.push_back(node);
    }
    mesh.groups.push_back(std::move(group));
}

TetMesh box_mesh(double lx, double ly, double lz, int nx, int ny, int nz, double distortion) {
    TetMesh mesh;
    mesh.name = fmt::format("box {} x {} x {} um", lx, ly, lz);
    const auto node = [&](int i, int j, int k) { return (static_cast<std::int64_t>(k) * (ny + 1) + j) * (nx + 1) + i; };
    std::uint64_t state = 0x9e3779b97f4a7c15ull;
    const auto random = [&] {  // splitmix64, in (-1, 1)
        std::uint64_t z = (state += 0x9e3779b97f4a7c15ull);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
        return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-52 - 1.0;
    };
    for (int k = 0; k <= nz; ++k)
        for (int j = 0; j <= ny; ++j)
            for (int i = 0; i <= nx; ++i) {
                const bool fixed[3] = {i == 0 || i == nx, j == 0 || j == ny, k == 0 || k == nz};
                const double size[3] = {lx / nx, ly / ny, lz / nz};
                const int index[3] = {i, j, k};
                for (int d = 0; d < 3; ++d) {
                    const double shift = distortion * random();
                    mesh.points.push_back(size[d] * (index[d] + (fixed[d] ? 0.0 : shift)));
                }
            }
    // The six tetrahedra of a cube: one for each order of walking along x, y, z from corner 000 to corner 111.
    constexpr int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (int k = 0; k < nz; ++k)
        for (int j = 0; j < ny; ++j)
            for (int i = 0; i < nx; ++i)
                for (const auto& order : orders) {
                    int at[3] = {i, j, k};
                    mesh.corners.push_back(node(at[0], at[1], at[2]));
                    for (const int axis : order) {
                        ++at[axis];
                        mesh.corners.push_back(node(at[0], at[1], at[2]));
                    }
                }
    repair_and_check(mesh);
    return mesh;
}

}  // namespace ngv::rd
