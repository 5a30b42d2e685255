#include "tools/circuit/mesh.hpp"

#include <gmsh.h>

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

double edge_length(const CircuitOptions& options, const Box& box) {
    if (options.mesh_size) return *options.mesh_size;
    const double affordable = std::cbrt(box.volume() * tetrahedra_per_cube / most_by_default);
    if (affordable > default_edge)
        log_info("tetrahedra of {:.1f} um, for two million of them; --mesh-size gives others", affordable);
    return std::max(default_edge, affordable);
}

}  // namespace

MeshCounts write_mesh(const CircuitOptions& options, const Box& box, const VesselIndex& vessels,
                      const std::vector<Vec3>& somata, const std::filesystem::path& file) try {
    const double edge = edge_length(options, box);
    const double expected = box.volume() * tetrahedra_per_cube / std::pow(edge, 3);
    if (expected > 2e5) log_info("meshing, about {:.1f} million tetrahedra", expected / 1e6);
    const double smallest = options.refine == MeshRefinement::none ? edge : edge / 2;
    const double reach = (edge - smallest) / growth;
    constexpr double soma_radius = 7;
    const Grid cells(
        somata.size(), [&](std::size_t i) { return somata[i]; }, box, 40);

    const Gmsh session;
    gmsh::option::setNumber("Mesh.MeshSizeMin", smallest);
    gmsh::option::setNumber("Mesh.MeshSizeMax", edge);
    gmsh::model::add("tissue");
    const Vec3 size = box.size();
    gmsh::model::occ::addBox(box.low.x, box.low.y, box.low.z, size.x, size.y, size.z, 1);
    gmsh::model::occ::synchronize();
    gmsh::model::addPhysicalGroup(3, {1}, 1);
    gmsh::model::setPhysicalName(3, 1, "tissue");
    if (options.refine == MeshRefinement::vessels)
        gmsh::model::mesh::setSizeCallback([&](int, int, double x, double y, double z) {
            return smallest + growth * std::max(0.0, vessels.clearance({x, y, z}, reach));
        });
    if (options.refine == MeshRefinement::somas)
        gmsh::model::mesh::setSizeCallback([&](int, int, double x, double y, double z) {
            double nearest = reach;
            const double r = reach + soma_radius;
            const Vec3 p{x, y, z};
            cells.visit(p - Vec3{r, r, r}, p + Vec3{r, r, r},
                        [&](std::uint32_t i) { nearest = std::min(nearest, distance(p, somata[i]) - soma_radius); });
            return smallest + growth * std::max(0.0, nearest);
        });
    gmsh::model::mesh::generate(3);

    std::vector<std::size_t> tetrahedra, nodes;
    gmsh::model::mesh::getElementsByType(4, tetrahedra, nodes);
    std::sort(nodes.begin(), nodes.end());
    const auto num_nodes = std::unique(nodes.begin(), nodes.end()) - nodes.begin();
    gmsh::write(file.string());
    return {static_cast<std::int64_t>(tetrahedra.size()), num_nodes, edge};
} catch (const std::string& message) {
    throw UserError{Problem{file.string(), "Gmsh cannot make the mesh: " + message, "try another --mesh-size"}};
}

}  // namespace ngv::circuit
