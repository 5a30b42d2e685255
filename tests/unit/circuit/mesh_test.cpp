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

TEST(CircuitMesh, EdgesAreHalfAsLongAtASomaAndGrowWithTheDistance) {
    const Box box{{}, {160, 160, 160}};
    const Vasculature none;
    const Vec3 soma{80, 80, 80};
    const auto made = [&](double edge, MeshRefinement refine) {
        write_mesh({edge, refine}, {box}, VesselIndex(none, box), {soma}, scratch("soma.msh"));
        return measure(scratch("soma.msh"));
    };
    // What the mesher makes of a size that is the same everywhere: edges a quarter longer.
    const auto inner = [&](Vec3 p) { return distance(p, soma) < 60; };
    const double of_10 = made(10, MeshRefinement::none).mean_edge(inner),
                 of_20 = made(20, MeshRefinement::none).mean_edge(inner);
    const auto mesh = made(20, MeshRefinement::somas);

    const auto between = [&](double near, double far) {
        return mesh.mean_edge([&](Vec3 p) { return distance(p, soma) >= near && distance(p, soma) < far; });
    };

    // A soma's radius is 7 um; sizes grow from 10 um by 0.3 um a um and reach 20 um 40 um from its centre. Edges at the
    // soma are longer than there alone, because they end where longer ones are asked for.
    EXPECT_GT(between(0, 10), of_10);
    EXPECT_LT(between(0, 10), 1.4 * of_10);
    EXPECT_NEAR(between(22, 26), 0.5 * (of_10 + of_20), 0.15 * of_20);
    EXPECT_NEAR(between(50, 70), of_20, 0.05 * of_20);
}

TEST(CircuitMesh, InPartsIsTheSameMesh) {
    const Box box{{}, {60, 60, 60}};
    const Vasculature none;
    const VesselIndex vessels(none, box);
    const auto file = scratch("parts.msh");
    std::filesystem::remove(file);
    write_mesh({10, MeshRefinement::none, 3}, {box}, vessels, {}, file);
    const auto whole = scratch("whole.msh");
    write_mesh({10, MeshRefinement::none}, {box}, vessels, {}, whole);

    EXPECT_FALSE(std::filesystem::exists(file));
    double volume = 0;
    std::size_t tetrahedra = 0;
    for (int k = 1; k <= 3; ++k) {
        const auto part = measure(file.parent_path() / ("parts_" + std::to_string(k) + ".msh"));
        EXPECT_GT(part.tetrahedra, 0u);
        volume += part.volume;
        tetrahedra += part.tetrahedra;
    }
    EXPECT_EQ(tetrahedra, measure(whole).tetrahedra);
    EXPECT_NEAR(volume, 216000, 1e-6);
}

}  // namespace
}  // namespace ngv::circuit
