#include "tools/circuit/mesh.hpp"

#include <gtest/gtest.h>

#include "tests/unit/circuit/built_circuit.hpp"
#include "tests/unit/circuit/measured_mesh.hpp"

namespace ngv::circuit {
namespace {

TEST(CircuitMesh, FillsTheBoxWithAtLeast20000Tetrahedra) {
    const auto mesh = measure(default_circuit() / "mesh.msh");

    EXPECT_GE(mesh.tetrahedra, 20000u);
    EXPECT_NEAR(mesh.volume / std::pow(default_edge_um, 3), 1, 1e-9);
    EXPECT_GT(mesh.smallest, 0.1);  // um3; the mean is 350
}

TEST(CircuitMesh, RefinementAddsTetrahedraNearVesselsAndSomata) {
    const Box box{{}, {120, 120, 120}};
    const auto vasculature = grow_vasculature(box, 30, 1);
    const VesselIndex vessels(vasculature, box);
    const std::vector<Vec3> somata{{60, 60, 60}};
    const auto count = [&](MeshRefinement refine) {
        return write_mesh({20, refine}, {box}, vessels, somata, scratch("refined.msh")).tetrahedra;
    };

    const auto plain = count(MeshRefinement::none), near_somata = count(MeshRefinement::somas),
               near_vessels = count(MeshRefinement::vessels);

    EXPECT_GT(near_somata, plain);
    EXPECT_GT(near_vessels, near_somata);
    EXPECT_GT(count(MeshRefinement::both), near_vessels);
}

}  // namespace
}  // namespace ngv::circuit
