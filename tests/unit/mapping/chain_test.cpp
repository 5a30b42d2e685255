// Mappings through other element sets, and elements that get their nearest partner.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ngv/error.hpp>

#include <cstring>
#include <set>

#include "coupler/mapping/intersection.hpp"
#include "coupler/mapping/nearest.hpp"
#include "tests/unit/mapping/box_mesh.hpp"
#include "tests/unit/mapping/homed.hpp"

namespace ngv::mapping::test {
namespace {

using testing::HasSubstr;
const MPI_Comm world = MPI_COMM_WORLD;
const std::vector<std::string> vessels_to_cells{"intersection", "rd.tetrahedra", "intersection", "neuron.segments",
                                                "by cell"};
const std::vector<std::string> cells_to_vessels{"by cell", "neuron.segments", "intersection", "rd.tetrahedra",
                                                "intersection"};

struct Tissue {
    ElementSet mesh, vessels, segments, cells;
    ElementSets spread_over(MPI_Comm comm, std::uint64_t salt) const {
        return {{"rd.tetrahedra", spread(comm, mesh, salt)},
                {"flow.vessels", spread(comm, vessels, salt + 1)},
                {"neuron.segments", spread(comm, segments, salt + 2)},
                {"metabolism.cells", spread(comm, cells, salt + 3)}};
    }
};

// 30 vessels, 12 cells of 20 segments each, in a box of 60 um. Cell 13 has no segments.
Tissue tissue() {
    std::mt19937_64 random(21);
    Tissue t;
    t.mesh = box_mesh(4, 60);
    std::uniform_real_distribution<double> inside(0, 60), step(-8, 8);
    t.vessels = {.name = "vessels", .geometry = Geometry::lines};
    for (int i = 0; i < 30; ++i)
        add_line(t.vessels, {inside(random), inside(random), inside(random)},
                 {inside(random), inside(random), inside(random)});
    t.segments = {.name = "segments", .geometry = Geometry::lines};
    t.cells = {.name = "cells"};
    for (int c = 1; c <= 12; ++c) {
        t.cells.ids.push_back(c);
        Vector at{inside(random), inside(random), inside(random)};
        for (int s = 0; s < 20; ++s) {
            Vector next = at;
            for (auto& x : next) x = std::clamp(x + step(random), 0.0, 60.0);
            add_line(t.segments, at, next);
            t.segments.relations["cell"].push_back(c);
            at = next;
        }
    }
    t.cells.ids.push_back(13);
    return t;
}

TEST(Chain, IsTheProductOfItsStepsNormalisedOnce) {
    const auto t = tissue();
    std::vector<std::string> log;
    const auto plan = build(world, t.spread_over(world, 0),
                            {"flow.vessels", "metabolism.cells", vessels_to_cells, Kind::state}, {}, log);

    const auto in_tets = intersect(MPI_COMM_SELF, {"v", t.vessels}, {"t", t.mesh}).entries;
    const auto seg_tets = intersect(MPI_COMM_SELF, {"s", t.segments}, {"t", t.mesh}).entries;
    std::map<std::pair<std::int64_t, std::int64_t>, double> expected;
    std::map<std::int64_t, double> sums;
    for (const auto& s : seg_tets)
        for (const auto& v : in_tets)
            if (s.source == v.source)
                expected[{t.segments.relations.at("cell")[s.target], v.target}] += s.value * v.value;
    for (const auto& [pair, value] : expected) sums[pair.first] += value;
    const auto found = by_pair(everything(world, plan.forward));
    ASSERT_EQ(found.size(), expected.size());
    for (const auto& [pair, value] : expected) EXPECT_NEAR(found.at(pair), value / sums[pair.first], 1e-14);
    EXPECT_NEAR(plan.coverage.length_covered_um, plan.coverage.length_total_um, 1e-9);
}

TEST(Chain, IsTheSameBitsForAnyDistribution) {
    const auto t = tissue();
    std::vector<std::string> log;
    for (const auto kind : {Kind::state, Kind::amount}) {
        const Request request{"metabolism.cells", "flow.vessels", cells_to_vessels, kind, {}, {}, true};
        const auto one =
            everything(MPI_COMM_SELF, build(MPI_COMM_SELF, t.spread_over(MPI_COMM_SELF, 0), request, {}, log).forward);
        for (std::uint64_t salt = 0; salt < 3; ++salt) {
            const auto many = everything(world, build(world, t.spread_over(world, salt), request, {}, log).forward);
            ASSERT_EQ(many.size(), one.size());
            EXPECT_EQ(std::memcmp(many.data(), one.data(), one.size() * sizeof(Entry)), 0);
        }
    }
}

TEST(Chain, EveryAmountArrivesOnceFilled) {
    const auto t = tissue();
    std::vector<std::string> log;
    const auto plan =
        build(world, t.spread_over(world, 0),
              {"metabolism.cells", "flow.vessels", cells_to_vessels, Kind::amount, {}, {}, true}, {}, log);

    std::map<std::int64_t, double> sums;
    for (const auto& e : everything(world, plan.forward)) sums[e.source] += e.value;
    for (int c = 1; c <= 12; ++c) EXPECT_NEAR(sums[c], 1, 1e-14) << "cell " << c;
    EXPECT_FALSE(sums.contains(13)) << "a cell without segments is nowhere";
    EXPECT_EQ(plan.coverage.sources_without_target, 1);
}

// Two vessels far apart, three cells; only cell 1 shares a tetrahedron with a vessel.
Tissue sparse() {
    Tissue t;
    t.mesh = box_mesh(10, 100);
    t.vessels = {.name = "vessels", .geometry = Geometry::lines};
    add_line(t.vessels, {12, 13, 11}, {18, 14, 12});  // 0
    add_line(t.vessels, {92, 93, 91}, {98, 94, 92});  // 1
    t.segments = {.name = "segments", .geometry = Geometry::lines};
    add_line(t.segments, {12.1, 13.1, 11.2}, {17.9, 13.9, 11.9});
    add_line(t.segments, {22, 42, 22}, {23, 43, 23});
    add_line(t.segments, {72, 82, 72}, {73, 83, 73});
    add_line(t.segments, {92, 12, 72}, {93, 12, 73});  // cell 3 is between (72, 82, 72) and this
    t.segments.relations["cell"] = {1, 2, 3, 3};
    t.cells = {.name = "cells", .ids = {1, 2, 3}};
    return t;
}

TEST(Fill, ACellWithoutAVesselGetsTheNearestOne) {
    std::vector<std::string> log;
    const auto plan = build(world, sparse().spread_over(world, 0),
                            {"flow.vessels", "metabolism.cells", vessels_to_cells, Kind::state, {}, {}, true}, {}, log);

    // The middle of cell 3 is (82, 47, 72): its segments have lengths 1.7 and 1.4, and vessel 1 is nearer.
    const std::map<std::pair<std::int64_t, std::int64_t>, double> expected{{{1, 0}, 1}, {{2, 0}, 1}, {{3, 1}, 1}};
    EXPECT_EQ(by_pair(everything(world, plan.forward)), expected);
    EXPECT_EQ(plan.coverage.filled, 2);
    EXPECT_EQ(plan.coverage.targets_without_source, 0);
    EXPECT_THAT(log, testing::ElementsAre(
                         testing::AllOf(HasSubstr("2 of 3 elements of metabolism.cells have no source in flow.vessels"),
                                        HasSubstr("2 got the nearest"))));
}

TEST(Fill, AnAmountWithoutATargetGoesToTheNearestOne) {
    std::vector<std::string> log;
    const auto plan =
        build(world, sparse().spread_over(world, 0),
              {"metabolism.cells", "flow.vessels", cells_to_vessels, Kind::amount, {}, {}, true}, {}, log);

    const std::map<std::pair<std::int64_t, std::int64_t>, double> expected{{{0, 1}, 1}, {{0, 2}, 1}, {{1, 3}, 1}};
    EXPECT_EQ(by_pair(everything(world, plan.forward)), expected);
    EXPECT_EQ(plan.coverage.filled, 2);
}

TEST(Fill, WithoutItTheyStayWithoutAndAreNamed) {
    std::vector<std::string> log;
    const auto plan = build(world, sparse().spread_over(world, 0),
                            {"metabolism.cells", "flow.vessels", cells_to_vessels, Kind::amount}, {}, log);

    EXPECT_EQ(plan.coverage.filled, 0);
    EXPECT_EQ(plan.coverage.sources_without_target, 2);
    EXPECT_THAT(plan.coverage.examples,
                testing::ElementsAre("metabolism.cells 2 has no target", "metabolism.cells 3 has no target"));
    EXPECT_THAT(log, testing::ElementsAre(HasSubstr("2 elements of metabolism.cells have no target")));
}

TEST(Nearest, IsFoundOnWhicheverRankItIs) {
    std::mt19937_64 random(22);
    std::uniform_real_distribution<double> uniform(0, 100);
    std::vector<Point> all(500);
    for (auto& p : all) p = {uniform(random), uniform(random), uniform(random)};
    all[77] = all[33];  // equally near: the smaller id counts
    std::vector<std::int64_t> ids;
    std::vector<Point> mine;
    for (std::int64_t i = 0; i < 500; ++i) {
        if (!is_home(world, i)) continue;
        ids.push_back(i);
        mine.push_back(all[i]);
    }
    std::vector<Point> queries{all[77]};
    for (int q = 0; q < 100; ++q) queries.push_back({uniform(random), uniform(random), 1.5 * uniform(random)});

    const auto found = nearest(world, queries, ids, mine);

    for (std::size_t q = 0; q < queries.size(); ++q) {
        std::int64_t best = 0;
        const auto squared = [&](std::int64_t i) { return squared_distance(queries[q], {all[i], all[i]}); };
        for (std::int64_t i = 1; i < 500; ++i)
            if (squared(i) < squared(best)) best = i;
        EXPECT_EQ(found[q].id, best);
        EXPECT_EQ(found[q].distance, std::sqrt(squared(best)));
    }
    EXPECT_EQ(found[0].id, 33);
    EXPECT_EQ(nearest(world, queries, {}, {})[0].id, -1);
}

std::string failure(const ElementSets& sets, const Request& request) {
    std::vector<std::string> log;
    try {
        build(world, sets, request, {}, log);
    } catch (const UserError& e) {
        return e.what();
    }
    return "no failure";
}

TEST(Mistakes, InAChainAreNamed) {
    auto sets = tissue().spread_over(world, 0);
    EXPECT_THAT(failure(sets, {"flow.vessels", "metabolism.cells", {"intersection", "rd.tetrahedron", "intersection"}}),
                testing::AllOf(HasSubstr("no element set 'rd.tetrahedron'"), HasSubstr("'rd.tetrahedra'")));
    EXPECT_THAT(failure(sets, {"flow.vessels", "metabolism.cells", {"intersection", "rd.tetrahedra"}}),
                HasSubstr("take turns"));
    EXPECT_THAT(failure(sets, {"flow.vessels", "metabolism.cells", {}}), HasSubstr("take turns"));
    EXPECT_THAT(failure(sets, {"flow.vessels", "metabolism.cells", {"intersection"}}),
                testing::AllOf(HasSubstr("needs lines on one side and tetrahedra"),
                               HasSubstr("metabolism.cells has no geometry")));
    EXPECT_THAT(failure(sets, {"flow.vessels", "neuron.segments", {"intersection"}}),
                HasSubstr("neuron.segments has lines"));
    if (rank_of(world) == size_of(world) - 1) sets["rd.tetrahedra"].coordinates.pop_back();
    EXPECT_THAT(failure(sets, {"flow.vessels", "rd.tetrahedra", {"intersection"}}), HasSubstr("coordinates for"));
}

}  // namespace
}  // namespace ngv::mapping::test
