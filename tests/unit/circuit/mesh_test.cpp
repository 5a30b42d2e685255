#include "tools/circuit/mesh.hpp"

#include <gmsh.h>
#include <gtest/gtest.h>

#include "tests/unit/circuit/built_circuit.hpp"

namespace ngv::circuit {
namespace {

struct Measured {
    std::size_t tetrahedra = 0;
    double volume = 0;
    double smallest = 1e300;
};

Measured measure(const std::filesystem::path& file) {
    Measured result;
    gmsh::initialize();
    gmsh::option::setNumber("General.Terminal", 0);
    gmsh::open(file.string());
    std::vector<std::size_t> tags, nodes, node_tags;
    std::vector<double> coordinates, parametric;
    gmsh::model::mesh::getElementsByType(4, tags, nodes);
    gmsh::model::mesh::getNodes(node_tags, coordinates, parametric, -1, -1, false, false);
    std::map<std::size_t, Vec3> points;
    for (std::size_t i = 0; i < node_tags.size(); ++i)
        points[node_tags[i]] = {coordinates[3 * i], coordinates[3 * i + 1], coordinates[3 * i + 2]};
    gmsh::finalize();
    result.tetrahedra = tags.size();
    for (std::size_t t = 0; t < tags.size(); ++t) {
        const Vec3 a = points[nodes[4 * t]], b = points[nodes[4 * t + 1]], c = points[nodes[4 * t + 2]],
                   d = points[nodes[4 * t + 3]];
        const double volume = std::abs(dot(b - a, cross(c - a, d - a))) / 6;
        result.volume += volume;
        result.smallest = std::min(result.smallest, volume);
    }
    return result;
}

TEST(CircuitMesh, FillsTheBoxWithAtLeast20000Tetrahedra) {
    const auto mesh = measure(default_circuit() / "mesh.msh");

    EXPECT_GE(mesh.tetrahedra, 20000u);
    EXPECT_NEAR(mesh.volume / std::pow(default_edge_um, 3), 1, 1e-9);
    EXPECT_GT(mesh.smallest, 0.1);  // um3; the mean is 350
}

TEST(CircuitMesh, RefinementAddsTetrahedraNearVesselsAndSomata) {
    CircuitOptions options;
    options.mesh_size = 20;
    const Box box{{}, {120, 120, 120}};
    const auto vasculature = grow_vasculature(box, 30, 1);
    const VesselIndex vessels(vasculature, box);
    const std::vector<Vec3> somata{{60, 60, 60}};
    const auto count = [&](MeshRefinement refine) {
        options.refine = refine;
        return write_mesh(options, box, vessels, somata, scratch("refined.msh")).tetrahedra;
    };

    const auto plain = count(MeshRefinement::none), near_somata = count(MeshRefinement::somas),
               near_vessels = count(MeshRefinement::vessels);

    EXPECT_GT(near_somata, plain);
    EXPECT_GT(near_vessels, near_somata);
}

}  // namespace
}  // namespace ngv::circuit
