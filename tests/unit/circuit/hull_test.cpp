#include "tools/circuit/hull.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "ngv/error.hpp"
#include "tests/unit/circuit/built_circuit.hpp"
#include "tests/unit/circuit/measured_mesh.hpp"
#include "tools/circuit/around.hpp"

namespace ngv::circuit {
namespace {

std::vector<Vec3> in_a_ball(int n, double radius) {
    std::mt19937 random(1);
    std::normal_distribution<double> normal;
    std::uniform_real_distribution<double> uniform;
    std::vector<Vec3> points;
    for (int i = 0; i < n; ++i)
        points.push_back(unit(Vec3{normal(random), normal(random), normal(random)}) *
                         (radius * std::cbrt(uniform(random))));
    return points;
}

/// Every edge is shared by two facets that run along it in opposite directions.
void expect_closed(const Hull& hull) {
    std::map<std::pair<std::uint32_t, std::uint32_t>, int> edges;
    for (const auto& f : hull.facets)
        for (int k = 0; k < 3; ++k) ++edges[{f[k], f[(k + 1) % 3]}];
    for (const auto& [edge, count] : edges) {
        EXPECT_EQ(count, 1);
        EXPECT_TRUE(edges.contains({edge.second, edge.first}));
    }
    EXPECT_EQ(hull.facets.size(), 2 * hull.corners.size() - 4) << "Euler";
}

TEST(Hull, OfACubeIsTheCube) {
    std::vector<Vec3> points = in_a_ball(1000, 0.5);
    for (int k = 0; k < 8; ++k) points.push_back({k & 1 ? 1.0 : -1.0, k & 2 ? 1.0 : -1.0, k & 4 ? 1.0 : -1.0});

    const Hull hull = convex_hull(points, 1e-6);

    EXPECT_EQ(hull.corners.size(), 8u);
    EXPECT_NEAR(hull.volume(), 8, 1e-12);
    expect_closed(hull);
}

TEST(Hull, LeavesNoPointFartherOutsideThanItsTolerance) {
    const auto points = in_a_ball(20000, 100);
    std::size_t corners = 1 << 20;
    for (const double tolerance : {0.01, 1.0, 5.0}) {
        const Hull hull = convex_hull(points, tolerance);

        expect_closed(hull);
        for (const Vec3 p : points) ASSERT_LE(hull.beyond(p), tolerance * (1 + 1e-9));
        EXPECT_LT(hull.corners.size(), corners) << "a coarser one has fewer corners";
        corners = hull.corners.size();
    }
}

TEST(Hull, LeavesRoomAroundEveryPointAndNotMuchMore) {
    for (const double flatness : {1.0, 0.05}) {
        auto points = in_a_ball(5000, 100);
        for (auto& p : points) p.z *= flatness;

        const Hull room = hull_around(points, 10.0);

        expect_closed(room);
        for (const Vec3 p : points) ASSERT_LE(room.beyond(p), -10.0);
        // An ellipsoid of 110 um and the flat half-height with 10 um more has 4/3 pi 110^2 (100 flatness + 10).
        EXPECT_LT(room.volume(), 2.0 * 4.0 / 3 * 3.1416 * 110 * 110 * (100 * flatness + 10));
    }
}

TEST(Hull, PointsInAPlaneAreRefused) {
    std::vector<Vec3> flat = in_a_ball(100, 10);
    for (auto& p : flat) p.z = 0;

    EXPECT_THROW(convex_hull(flat, 0.1), UserError);
}

TEST(MeshAround, AHullIsSmallerThanTheBoxAndRefinementAddsToIt) {
    MeshAround options{.circuit = default_circuit() / "circuit_config.json",
                       .out = scratch("around.msh"),
                       .margin = 10,
                       .mesh_size = 40};
    mesh_around(options);
    const Measured box = measure(options.out);
    options.shape = MeshAround::Shape::hull;
    mesh_around(options);
    const Measured hull = measure(options.out);
    options.refine = MeshRefinement::both;
    mesh_around(options);
    const Measured refined = measure(options.out);

    // The default circuit fills a cube of default_edge_um to its faces, its corners least.
    EXPECT_NEAR(box.volume, std::pow(default_edge_um + 20, 3), 0.1 * box.volume);
    EXPECT_LT(hull.volume, box.volume);
    EXPECT_GT(hull.volume, 0.6 * box.volume);
    EXPECT_NEAR(refined.volume, hull.volume, 1e-9 * hull.volume);
    EXPECT_GT(refined.tetrahedra, hull.tetrahedra);
}

}  // namespace
}  // namespace ngv::circuit
