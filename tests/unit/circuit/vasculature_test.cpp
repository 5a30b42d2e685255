#include "tools/circuit/vasculature.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "ngv/error.hpp"
#include "tools/circuit/vessel_graph.hpp"

namespace ngv::circuit {
namespace {

Box cube(double edge) {
    return {{}, {edge, edge, edge}};
}

bool is_tree(VesselType type) {
    return type == VesselType::arteriole || type == VesselType::venule;
}

std::map<std::uint32_t, std::vector<std::size_t>> pieces_at(const Vasculature& vessels) {
    std::map<std::uint32_t, std::vector<std::size_t>> at;
    for (std::size_t i = 0; i < vessels.pieces.size(); ++i) {
        at[vessels.pieces[i].start].push_back(i);
        at[vessels.pieces[i].end].push_back(i);
    }
    return at;
}

class VasculatureTest : public testing::TestWithParam<std::pair<double, std::uint64_t>> {
  protected:
    Box box = cube(GetParam().first);
    Vasculature vessels = grow_vasculature(box, 33, GetParam().second);
    std::map<std::uint32_t, std::vector<std::size_t>> at = pieces_at(vessels);
};

TEST_P(VasculatureTest, IsOneConnectedNetwork) {
    std::set<std::uint32_t> seen{vessels.pieces[0].start};
    std::vector<std::uint32_t> queue{vessels.pieces[0].start};
    while (!queue.empty()) {
        const auto v = queue.back();
        queue.pop_back();
        for (const auto p : at[v])
            for (const auto w : {vessels.pieces[p].start, vessels.pieces[p].end})
                if (seen.insert(w).second) queue.push_back(w);
    }

    EXPECT_EQ(seen.size(), at.size());
    EXPECT_EQ(seen.size(), vessels.points.size());
}

TEST_P(VasculatureTest, DeadEndsAreArteriolesAndVenulesAtTheTop) {
    std::map<VesselType, int> ends;
    for (const auto& [v, pieces] : at) {
        EXPECT_LE(pieces.size(), 4u);
        if (pieces.size() > 1) continue;
        EXPECT_NEAR(vessels.points[v].y, box.high.y, 1);
        ++ends[vessels.pieces[pieces[0]].type];
    }

    EXPECT_EQ(ends.size(), 2u);
    EXPECT_GE(ends[VesselType::arteriole], 1);
    EXPECT_GE(ends[VesselType::venule], 1);
}

TEST_P(VasculatureTest, MurraysLawHoldsAtForksOfArteriolesAndVenules) {
    int forks = 0;
    for (const auto& [v, pieces] : at) {
        if (pieces.size() < 3) continue;
        std::vector<double> cubes;
        double sum = 0;
        bool tree = false;
        for (const auto p : pieces) {
            cubes.push_back(std::pow(vessels.radius(p), 3));
            sum += cubes.back();
            tree = tree || is_tree(vessels.pieces[p].type);
        }
        if (!tree) continue;
        ++forks;
        const double mother = *std::max_element(cubes.begin(), cubes.end());
        EXPECT_NEAR(mother, sum - mother, 1e-5 * mother);  // diameters are single precision
    }

    EXPECT_GE(forks, 10);
}

TEST_P(VasculatureTest, LiesInsideTheBox) {
    for (const Vec3 p : vessels.points) EXPECT_TRUE(box.shrunk(0.4).contains(p));
}

TEST_P(VasculatureTest, PiecesOfASectionFollowEachOther) {
    for (std::size_t i = 1; i < vessels.pieces.size(); ++i) {
        const auto &p = vessels.pieces[i - 1], &q = vessels.pieces[i];
        if (p.section == q.section) {
            EXPECT_EQ(p.end, q.start);
            EXPECT_EQ(p.index + 1, q.index);
            EXPECT_EQ(p.diameter, q.diameter);
        } else {
            EXPECT_EQ(q.index, 0u);
        }
    }
}

TEST_P(VasculatureTest, PiecesAreShortAndCapillariesThin) {
    for (std::size_t i = 0; i < vessels.pieces.size(); ++i) {
        EXPECT_GT(vessels.length(i), 2);
        EXPECT_LT(vessels.length(i), 45);
        if (!is_tree(vessels.pieces[i].type)) {
            EXPECT_GE(vessels.radius(i), 1.9 - 1e-6);
            EXPECT_LE(vessels.radius(i), 3.1 + 1e-6);
        }
    }
}

TEST_P(VasculatureTest, IndexFindsTheNearestVessel) {
    const VesselIndex index(vessels, box);
    const Vec3 p = 0.5 * (box.low + box.high);
    double nearest = 1e300;
    for (std::size_t i = 0; i < vessels.pieces.size(); ++i) {
        const Vec3 a = vessels.start(i), b = vessels.end(i);
        nearest = std::min(nearest, distance(p, a + nearest_on(a, b, p) * (b - a)) - vessels.radius(i));
    }

    EXPECT_DOUBLE_EQ(index.clearance(p, 1000), nearest);
}

INSTANTIATE_TEST_SUITE_P(Boxes, VasculatureTest,
                         testing::Values(std::pair{100.0, 1}, std::pair{200.0, 1}, std::pair{200.0, 2},
                                         std::pair{450.0, 3}));

TEST(Vasculature, TheDefaultBoxHasAtLeast500Pieces) {
    EXPECT_GE(grow_vasculature(cube(200), 33, 1).pieces.size(), 500u);
}

TEST(VesselGraph, KeepsOnlyWhatLiesOnAWayFromInletToOutlet) {
    //  0 --- 1 --- 2 --- 3     inlet 0, outlet 3
    //        |     |
    //        4 --- 5 --- 6     6 is a dead end
    //              |
    //              7 --- 8     a loop that hangs on vertex 5 alone
    //              |     |
    //              +-----9
    VesselGraph graph;
    graph.vertices.resize(10);
    for (const auto& [a, b] : std::vector<std::pair<std::uint32_t, std::uint32_t>>{
             {0, 1}, {1, 2}, {2, 3}, {1, 4}, {4, 5}, {2, 5}, {5, 6}, {5, 7}, {7, 8}, {8, 9}, {9, 7}})
        graph.edges.push_back({a, b, Link::capillary, Side::none});
    graph.inlets = {0};
    graph.outlets = {3};

    keep_perfused(graph);

    std::set<std::pair<std::uint32_t, std::uint32_t>> kept;
    for (const auto& e : graph.edges) kept.insert({e.a, e.b});
    EXPECT_EQ(kept,
              (std::set<std::pair<std::uint32_t, std::uint32_t>>{{0, 1}, {1, 2}, {2, 3}, {1, 4}, {4, 5}, {2, 5}}));
}

TEST(VesselGraph, ForksOfTheBedHaveThreeVesselsAtMost) {
    auto graph = make_vessel_graph(cube(200), 33, 1);

    for (std::uint32_t v = 0; const auto& edges : graph.incidence()) {
        const bool trunk =
            std::any_of(edges.begin(), edges.end(), [&](auto e) { return graph.edges[e].link == Link::trunk; });
        EXPECT_LE(edges.size(), trunk ? 4u : 3u) << "vertex " << v;
        ++v;
    }
}

TEST(VesselGraph, WithoutAWayThroughTheUserIsTold) {
    VesselGraph graph;
    graph.vertices.resize(3);
    graph.edges = {{0, 1, Link::trunk, Side::artery}};
    graph.inlets = {0};
    graph.outlets = {2};

    EXPECT_THROW(keep_perfused(graph), UserError);
}

}  // namespace
}  // namespace ngv::circuit
