#include "coupler/mapping/sweep.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace ngv::mapping {
namespace {

constexpr Stretch none{1, 0};

std::map<std::int64_t, double> shares(Sweep& sweep, const std::vector<Cover>& covers, double tolerance = 1e-10) {
    std::map<std::int64_t, double> result;
    for (const auto& s : sweep.share(covers, tolerance)) result[s.tetrahedron] = s.fraction;
    return result;
}

TEST(Sweep, SharesAnOverlapEquallyAndNamesTheRest) {
    Sweep sweep;

    const auto found =
        shares(sweep, {{1, {{0, .75}, {0, .75}}}, {2, {{.75, .875}, {.75, .875}}}, {3, {{0, .5}, {0, .5}}}});

    EXPECT_EQ(found, (std::map<std::int64_t, double>{{1, .5}, {2, .125}, {3, .25}}));
    EXPECT_EQ(sweep.uncovered(), .125);
    EXPECT_FALSE(sweep.has_hole());
}

TEST(Sweep, GivesEveryoneOfManyTheSame) {
    Sweep sweep;
    std::vector<Cover> covers;
    for (int t = 0; t < 8; ++t) covers.push_back({t, {{.25, .75}, {.25, .75}}});

    const auto found = shares(sweep, covers);

    ASSERT_EQ(found.size(), 8u);
    for (const auto& [tet, share] : found) EXPECT_EQ(share, .0625);
    EXPECT_EQ(sweep.uncovered(), .5);
}

TEST(Sweep, SeesAHoleBetweenTwoStretches) {
    Sweep sweep;
    shares(sweep, {{1, {{0, .25}, {0, .25}}}, {2, {{.5, 1}, {.5, 1}}}});
    EXPECT_EQ(sweep.uncovered(), .25);
    EXPECT_TRUE(sweep.has_hole());
}

TEST(Sweep, ClosesACrackThatTheGrownTetrahedraCover) {
    Sweep sweep;

    const auto found = shares(sweep, {{1, {{0, .25}, {0, .5}}}, {2, {{.5, 1}, {.25, 1}}}, {3, {none, {.25, .5}}}});

    EXPECT_EQ(sweep.uncovered(), 0);
    EXPECT_FALSE(sweep.has_hole());
    EXPECT_NEAR(found.at(1), .25 + .25 / 3, 1e-15);
    EXPECT_NEAR(found.at(2), .5 + .25 / 3, 1e-15);
    EXPECT_NEAR(found.at(3), .25 / 3, 1e-15);
}

TEST(Sweep, DoesNotCloseAGapThatIsCoveredInPart) {
    Sweep sweep;
    const auto found = shares(sweep, {{1, {{0, .25}, {0, .375}}}, {2, {{.5, 1}, {.4375, 1}}}});
    EXPECT_EQ(found, (std::map<std::int64_t, double>{{1, .25}, {2, .5}}));
    EXPECT_EQ(sweep.uncovered(), .25);
}

TEST(Sweep, TakesEndsWithinTheToleranceAsOnePlace) {
    Sweep sweep;

    // A crack, an overlap, and one that is touched at a point only; all of 1e-12.
    const auto found = shares(sweep, {{1, {{1e-12, .5}, none}},
                                      {2, {{.5 + 1e-12, .75 + 1e-12}, none}},
                                      {3, {{.75, 1 - 1e-12}, none}},
                                      {4, {{.5, .5 + 1e-12}, none}}});

    ASSERT_EQ(found.size(), 3u);
    EXPECT_EQ(found.at(1), .5);
    EXPECT_EQ(found.at(2), .25);
    EXPECT_EQ(found.at(3), .25);
    EXPECT_EQ(sweep.uncovered(), 0);
}

}  // namespace
}  // namespace ngv::mapping
