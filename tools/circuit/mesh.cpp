#include "tools/circuit/mesh.hpp"

#include <fmt/format.h>
#include <gmsh.h>

#include <map>

#include "ngv/error.hpp"
#include "solvers/common/log.hpp"

namespace ngv::circuit {

namespace {

constexpr double default_edge = 11.5;        // um
constexpr double most_by_default = 2e6;      // tetrahedra
constexpr double tetrahedra_per_cube = 5.1;  // in a cube as wide as an edge; measured
constexpr double growth = 0.3;               // um of edge per um of distance from what is refined

class Gmsh {  // one session
  public:
    Gmsh() {
        gmsh::initialize(0, nullptr, false);  // without the user's own options: the same mesh for everybody
        gmsh::option::setNumber("General.Terminal", 0);
        gmsh::option::setNumber("General.NumThreads", 1);
        gmsh::option::setNumber("Mesh.Algorithm", 6);  // frontal on the faces
        // Delaunay inside. HXT is twenty times as fast, but Gmsh 4.8 numbers its points by their addresses in memory,
        // so that the mesh depends on what the process did before.
        gmsh::option::setNumber("Mesh.Algorithm3D", 1);
        gmsh::option::setNumber("Mesh.Binary", 1);
        gmsh::option::setNumber("Mesh.MshFileVersion", 4.1);
    }
    Gmsh(const Gmsh&) = delete;
    Gmsh& operator=(const Gmsh&) = delete;
    ~Gmsh() { gmsh::finalize(); }
};

double edge_length(const MeshSize& size, const MeshShape& shape) {
    if (size.edge) return *size.edge;
    const double affordable = std::cbrt(shape.volume() * tetrahedra_per_cube / most_by_default);
    if (affordable > default_edge)
        log_info("tetrahedra of {:.1f} um, for two million of them; --mesh-size gives others", affordable);
    return std::max(default_edge, affordable);
}

void add_box(const Box& box) {
    const Vec3 size = box.size();
    gmsh::model::occ::addBox(box.low.x, box.low.y, box.low.z, size.x, size.y, size.z, 1);
    gmsh::model::occ::synchronize();
}

void add_hull(const Hull& hull) {
    for (std::size_t c = 0; c < hull.corners.size(); ++c)
        gmsh::model::geo::addPoint(hull.corners[c].x, hull.corners[c].y, hull.corners[c].z, 0, static_cast<int>(c) + 1);
    std::map<std::pair<int, int>, int> lines;
    std::vector<int> surfaces;
    for (const auto& facet : hull.facets) {
        std::vector<int> loop;
        for (int k = 0; k < 3; ++k) {
            const int from = static_cast<int>(facet[k]) + 1, to = static_cast<int>(facet[(k + 1) % 3]) + 1;
            const auto [it, is_new] = lines.emplace(std::minmax(from, to), 0);
            if (is_new) it->second = gmsh::model::geo::addLine(it->first.first, it->first.second);
            loop.push_back(from < to ? it->second : -it->second);
        }
        surfaces.push_back(gmsh::model::geo::addPlaneSurface({gmsh::model::geo::addCurveLoop(loop)}));
    }
    gmsh::model::geo::addVolume({gmsh::model::geo::addSurfaceLoop(surfaces)}, 1);
    gmsh::model::geo::synchronize();
}

// Of the mesh that Gmsh holds.
MeshCounts counts() {
    std::vector<std::size_t> tetrahedra, corners, tags;
    std::vector<double> coordinates, parametric;
    gmsh::model::mesh::getElementsByType(4, tetrahedra, corners);
    gmsh::model::mesh::getNodes(tags, coordinates, parametric, -1, -1, false, false);
    std::size_t largest = 0;
    for (const auto tag : tags) largest = std::max(largest, tag);
    std::vector<Vec3> place(largest + 1);
    for (std::size_t i = 0; i < tags.size(); ++i)
        place[tags[i]] = {coordinates[3 * i], coordinates[3 * i + 1], coordinates[3 * i + 2]};
    MeshCounts c{.tetrahedra = static_cast<std::int64_t>(tetrahedra.size())};
    for (std::size_t t = 0; t < corners.size(); t += 4) {
        Vec3 p[4];
        for (int k = 0; k < 4; ++k) p[k] = place[corners[t + k]];
        double squares = 0;
        for (int a = 0; a < 4; ++a)
            for (int b = 0; b < a; ++b) squares += dot(p[a] - p[b], p[a] - p[b]);
        const double volume = std::abs(dot(p[1] - p[0], cross(p[2] - p[0], p[3] - p[0]))) / 6;
        const double quality = 12 * std::pow(3 * volume, 2.0 / 3) / squares;
        c.mean_shape += quality / static_cast<double>(tetrahedra.size());
        c.worst_shape = std::min(c.worst_shape, quality);
        c.slivers += quality < 0.1;
    }
    std::sort(corners.begin(), corners.end());
    c.nodes = std::unique(corners.begin(), corners.end()) - corners.begin();
    return c;
}

}  // namespace

std::string MeshCounts::text() const {
    return fmt::format(
        "{} tetrahedra of {:.1f} um, shape {:.2f} on average and {:.2f} at worst (1 is regular), {} slivers",
        tetrahedra, edge, mean_shape, worst_shape, slivers);
}

MeshCounts write_mesh(const MeshSize& size, const MeshShape& shape, const VesselIndex& vessels,
                      const std::vector<Vec3>& somata, const std::filesystem::path& file) try {
    const double edge = edge_length(size, shape);
    const double expected = shape.volume() * tetrahedra_per_cube / std::pow(edge, 3);
    if (expected > 2e5) log_info("meshing, about {:.1f} million tetrahedra", expected / 1e6);
    const double smallest = size.refine == MeshRefinement::none ? edge : edge / 2;
    const double reach = (edge - smallest) / growth;
    constexpr double soma_radius = 7;
    const Grid cells(
        somata.size(), [&](std::size_t i) { return somata[i]; }, shape.box, 40);

    const Gmsh session;
    gmsh::option::setNumber("Mesh.MeshSizeMin", smallest);
    gmsh::option::setNumber("Mesh.MeshSizeMax", edge);
    gmsh::model::add("tissue");
    if (shape.hull)
        add_hull(*shape.hull);
    else
        add_box(shape.box);
    gmsh::model::addPhysicalGroup(3, {1}, 1);
    gmsh::model::setPhysicalName(3, 1, "tissue");
    const auto from_soma = [&](Vec3 p) {
        double nearest = reach;
        const double r = reach + soma_radius;
        cells.visit(p - Vec3{r, r, r}, p + Vec3{r, r, r},
                    [&](std::uint32_t i) { nearest = std::min(nearest, distance(p, somata[i]) - soma_radius); });
        return nearest;
    };
    const bool to_vessels = size.refine == MeshRefinement::vessels || size.refine == MeshRefinement::both;
    const bool to_somas = size.refine == MeshRefinement::somas || size.refine == MeshRefinement::both;
    if (to_vessels || to_somas)
        gmsh::model::mesh::setSizeCallback([&](int, int, double x, double y, double z) {
            double away = reach;
            if (to_vessels) away = std::min(away, vessels.clearance({x, y, z}, reach));
            if (to_somas) away = std::min(away, from_soma({x, y, z}));
            return smallest + growth * std::max(0.0, away);
        });
    gmsh::model::mesh::generate(3);
    MeshCounts result = counts();
    result.edge = edge;
    if (size.parts > 1) {
        gmsh::option::setNumber("Mesh.PartitionSplitMeshFiles", 1);
        gmsh::option::setNumber("Mesh.PartitionCreateTopology", 1);
        gmsh::model::mesh::partition(size.parts);
    }
    gmsh::write(file.string());
    return result;
} catch (const std::string& message) {
    throw UserError{Problem{file.string(), "Gmsh cannot make the mesh: " + message, "try another --mesh-size"}};
}

}  // namespace ngv::circuit
