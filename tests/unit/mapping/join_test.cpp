// Steps by id, and the three normalisations.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ngv/error.hpp>

#include "coupler/mapping/mapping.hpp"
#include "tests/unit/mapping/homed.hpp"

namespace ngv::mapping::test {
namespace {

using testing::HasSubstr;
const MPI_Comm world = MPI_COMM_WORLD;

// Cells 100, 200, 300 with 2, 3 and 0 segments; segment 6 belongs to a cell that nobody has.
ElementSets cells_and_segments() {
    ElementSet segments{.name = "segments", .ids = {1, 2, 3, 4, 5, 6}};
    segments.relations["cell"] = {100, 100, 200, 200, 200, 999};
    segments.measures["volume"] = {"um3", {1, 3, 2, 2, 6, 5}};
    segments.measures["area"] = {"um2", {1, 1, 4, 4, 2, 9}};
    ElementSet cells{.name = "cells", .ids = {100, 200, 300}};
    cells.measures["room"] = {"um3", {40, 50, 60}};
    ElementSet others{.name = "cells", .ids = {200, 100, 400}};
    return {{"neuron.segments", spread(world, segments)},
            {"metabolism.cells", spread(world, cells, 1)},
            {"neuron.cells", spread(world, others, 2)}};
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

// One value of each homed element of a set, seen from all ranks.
std::map<std::int64_t, double> by_id(const std::vector<std::int64_t>& ids, const std::vector<double>& values) {
    std::vector<Entry> entries;
    EXPECT_EQ(ids.size(), values.size());
    for (std::size_t i = 0; i < ids.size(); ++i) entries.push_back({ids[i], 0, values[i]});
    std::map<std::int64_t, double> all;
    for (const auto& e : everything(world, entries)) all[e.target] = e.value;
    return all;
}

using Pairs = std::map<std::pair<std::int64_t, std::int64_t>, double>;

TEST(Join, AmountGoesFromSegmentsToTheirCells) {
    std::vector<std::string> log;
    const auto plan =
        build(world, cells_and_segments(), {"neuron.segments", "metabolism.cells", {"by cell"}, Kind::amount}, {}, log);

    const Pairs expected{{{100, 1}, 1}, {{100, 2}, 1}, {{200, 3}, 1}, {{200, 4}, 1}, {{200, 5}, 1}};
    EXPECT_EQ(by_pair(everything(world, plan.forward)), expected);
    EXPECT_EQ(plan.coverage.sources_without_target, 1);
    EXPECT_EQ(plan.coverage.targets_without_source, 1);
    EXPECT_THAT(plan.coverage.examples, testing::ElementsAre("neuron.segments 6 has no target"));
    ASSERT_EQ(log.size(), 1u);
    EXPECT_THAT(log[0], testing::AllOf(HasSubstr("1 of 6"), HasSubstr("6 (cell 999)")));
}

TEST(Join, StateOfACellIsTheMeanOfItsSegments) {
    std::vector<std::string> log;
    const auto plan =
        build(world, cells_and_segments(), {"neuron.segments", "metabolism.cells", {"by cell"}, Kind::state}, {}, log);

    const Pairs expected{
        {{100, 1}, 1. / 2}, {{100, 2}, 1. / 2}, {{200, 3}, 1. / 3}, {{200, 4}, 1. / 3}, {{200, 5}, 1. / 3}};
    EXPECT_EQ(by_pair(everything(world, plan.forward)), expected);
    EXPECT_THAT(plan.coverage.examples, testing::ElementsAre("metabolism.cells 300 has no source"));
}

TEST(Join, TheRelationIsFollowedBackwardsFromCellsToSegments) {
    std::vector<std::string> log;
    const auto plan =
        build(world, cells_and_segments(), {"metabolism.cells", "neuron.segments", {"by cell"}, Kind::amount}, {}, log);

    const Pairs expected{
        {{1, 100}, 1. / 2}, {{2, 100}, 1. / 2}, {{3, 200}, 1. / 3}, {{4, 200}, 1. / 3}, {{5, 200}, 1. / 3}};
    EXPECT_EQ(by_pair(everything(world, plan.forward)), expected);
    EXPECT_EQ(plan.coverage.targets_without_source, 1);
}

TEST(Join, EqualIdsMeetWhereverTheyAreHomed) {
    std::vector<std::string> log;
    const auto plan =
        build(world, cells_and_segments(), {"neuron.cells", "metabolism.cells", {"by id"}, Kind::state}, {}, log);

    const Pairs expected{{{100, 100}, 1}, {{200, 200}, 1}};
    EXPECT_EQ(by_pair(everything(world, plan.forward)), expected);
    EXPECT_EQ(plan.coverage.sources_without_target, 1);
}

TEST(Pool, OfACellIsSharedByTheVolumeOfItsSegments) {
    const auto sets = cells_and_segments();
    std::vector<std::string> log;
    const auto plan = build(world, sets,
                            {.source = "neuron.segments",
                             .target = "metabolism.cells",
                             .steps = {"by cell"},
                             .kind = Kind::pool,
                             .share_by = "volume",
                             .capacity = "neuron.volume"},
                            {}, log);

    const Pairs back{
        {{1, 100}, 1. / 4}, {{2, 100}, 3. / 4}, {{3, 200}, 2. / 10}, {{4, 200}, 2. / 10}, {{5, 200}, 6. / 10}};
    EXPECT_EQ(by_pair(everything(world, plan.back)), back);
    const std::map<std::int64_t, double> segments{{1, 1}, {2, 3}, {3, 2}, {4, 2}, {5, 6}, {6, 0}},
        cells{{100, 4}, {200, 10}, {300, 0}};
    EXPECT_EQ(by_id(sets.at("neuron.segments").ids, plan.source_capacity), segments);
    EXPECT_EQ(by_id(sets.at("metabolism.cells").ids, plan.target_capacity), cells);
}

TEST(Pool, RoomOfTheKeeperIsSplitAmongItsContributors) {
    const auto sets = cells_and_segments();
    std::vector<std::string> log;
    const auto plan = build(world, sets,
                            {.source = "neuron.segments",
                             .target = "metabolism.cells",
                             .steps = {"by cell"},
                             .kind = Kind::pool,
                             .share_by = "area",
                             .capacity = "metabolism.room"},
                            {}, log);

    const Pairs forward{{{100, 1}, 1}, {{100, 2}, 1}, {{200, 3}, 1}, {{200, 4}, 1}, {{200, 5}, 1}};
    const Pairs back{{{1, 100}, .5}, {{2, 100}, .5}, {{3, 200}, .4}, {{4, 200}, .4}, {{5, 200}, .2}};
    EXPECT_EQ(by_pair(everything(world, plan.forward)), forward);
    EXPECT_EQ(by_pair(everything(world, plan.back)), back);
    const std::map<std::int64_t, double> segments{{1, 20}, {2, 20}, {3, 20}, {4, 20}, {5, 10}, {6, 0}},
        cells{{100, 40}, {200, 50}, {300, 0}};
    EXPECT_EQ(by_id(sets.at("neuron.segments").ids, plan.source_capacity), segments);
    EXPECT_EQ(by_id(sets.at("metabolism.cells").ids, plan.target_capacity), cells);
}

TEST(Mistakes, AreNamedOnEveryRankWithTheNearestName) {
    const auto sets = cells_and_segments();
    EXPECT_THAT(failure(sets, {"neuron.segmnts", "metabolism.cells", {"by cell"}}),
                testing::AllOf(HasSubstr("no element set 'neuron.segmnts'"), HasSubstr("'neuron.segments'")));
    EXPECT_THAT(failure(sets, {"neuron.segments", "metabolism.cells", {"by cel"}}),
                testing::AllOf(HasSubstr("has a relation 'cel'"), HasSubstr("did you mean 'cell'")));
    EXPECT_THAT(failure(sets, {"neuron.segments", "metabolism.cells", {"near"}}), HasSubstr("unknown step 'near'"));
    Request pool{.source = "neuron.segments",
                 .target = "metabolism.cells",
                 .steps = {"by cell"},
                 .kind = Kind::pool,
                 .share_by = "are",
                 .capacity = "neuron.volume"};
    EXPECT_THAT(failure(sets, pool), testing::AllOf(HasSubstr("no measure 'are'"), HasSubstr("did you mean 'area'")));
    pool.share_by = "area";
    pool.capacity = "neurn.volume";
    EXPECT_THAT(failure(sets, pool), HasSubstr("did you mean 'neuron'"));
    pool.capacity = "";
    EXPECT_THAT(failure(sets, pool), HasSubstr("a pool needs 'capacity'"));
}

TEST(Mistakes, AnIdDeclaredTwiceIsRefusedOnAllRanks) {
    auto sets = cells_and_segments();
    if (rank_of(world) == 0) {
        auto& cells = sets["metabolism.cells"];
        cells.ids.insert(cells.ids.end(), {200, 200});
        cells.measures.clear();
    }
    EXPECT_THAT(failure(sets, {"neuron.segments", "metabolism.cells", {"by cell"}}),
                HasSubstr("element id 200 is declared twice"));
}

TEST(Pool, MeasuresAreConvertedToCubicMicrometres) {
    auto sets = cells_and_segments();
    sets["metabolism.cells"].measures["room"].unit = "mm^3";
    std::vector<std::string> log;
    const auto plan = build(world, sets,
                            {.source = "neuron.segments",
                             .target = "metabolism.cells",
                             .steps = {"by cell"},
                             .kind = Kind::pool,
                             .share_by = "area",
                             .capacity = "metabolism.room"},
                            {}, log);

    const auto cells = by_id(sets.at("metabolism.cells").ids, plan.target_capacity);
    EXPECT_NEAR(cells.at(100), 40e9, 1e-3);
}

TEST(Mistakes, InMeasuresAndRelationsAreNamed) {
    const Request pool{.source = "neuron.segments",
                       .target = "metabolism.cells",
                       .steps = {"by cell"},
                       .kind = Kind::pool,
                       .share_by = "area",
                       .capacity = "metabolism.room"};
    auto sets = cells_and_segments();
    sets["metabolism.cells"].measures["room"].unit = "um2";
    EXPECT_THAT(failure(sets, pool), HasSubstr("measure 'room' is in 'um2'"));

    sets = cells_and_segments();
    for (auto& v : sets["neuron.segments"].measures["area"].values) v -= 1.5;
    EXPECT_THAT(failure(sets, pool), HasSubstr("a measure is a finite number, zero or more"));

    sets = cells_and_segments();
    for (auto& [name, set] : sets) set.relations["cell"] = set.ids;
    EXPECT_THAT(failure(sets, pool), HasSubstr("both sets have this relation"));

    sets = cells_and_segments();
    sets["neuron.segments"].relations["cell"].push_back(100);
    EXPECT_THAT(failure(sets, pool), HasSubstr("it needs one for each element"));
}

TEST(Mistakes, AMeasureOfZeroCannotSplitAPool) {
    auto sets = cells_and_segments();
    for (auto& v : sets["neuron.segments"].measures["area"].values) v = 0;
    EXPECT_THAT(failure(sets, {.source = "neuron.segments",
                               .target = "metabolism.cells",
                               .steps = {"by cell"},
                               .kind = Kind::pool,
                               .share_by = "area",
                               .capacity = "neuron.volume"}),
                HasSubstr("measure 'area' is zero for all"));
}

}  // namespace
}  // namespace ngv::mapping::test
