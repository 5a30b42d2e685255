// Neurolucida ASC. Numbers of the drawn soma are NEURON's (Import3d of 8.2.2 with the axis rule of version 9).
#include <cmath>

#include "solvers/common/contour_soma.hpp"
#include "solvers/common/morphology.hpp"
#include "tests/unit/common/helpers.hpp"

using namespace ngv;
using ngv::testing::user_error;
using ::testing::HasSubstr;

namespace {

constexpr const char* cell = R"(; a comment
("CellBody" (Color Red) (CellBody)
  (16.5 0 0) (0 15.5 0) (-16.5 0 0) (0 -15.5 0)
)
( (Color Red) (Dendrite)
  (15 0 0 1) (215.0 0 0 1)   ; two points
  <(215 0 1 0.5)>
  ( (225 0 0 2)
  | (215 0 0 1) (215 10 0 1) (Marker 3 (Color Red) (1 2 3 4))
    Normal
  )
)
("Soma note" (1 2 3))
((Color Blue) (Axon) (0 -16 0 0.5) (0 -50 0 0.4) Incomplete)
((Color White) (1 2 3 0) "text")
)";

TEST(Asc, ABranchBeginsAtItsParentsEndWithItsOwnDiameter) {
    const Morphology m = parse_asc(cell, "cell.asc");

    ASSERT_EQ(m.sections.size(), 5u);
    EXPECT_EQ(m.sections[1].type, 2);
    EXPECT_EQ(m.sections[1].parent, 0);
    EXPECT_EQ(m.sections[2].type, 3);
    EXPECT_EQ(m.sections[2].points[0].x, 15);  // no piece from the soma
    EXPECT_EQ(m.sections[3].parent, 2);
    ASSERT_EQ(m.sections[3].points.size(), 2u);
    EXPECT_EQ(m.sections[3].points[0].x, 215);
    EXPECT_EQ(m.sections[3].points[0].diameter, 2);
    EXPECT_EQ(m.sections[4].parent, 2);
    EXPECT_EQ(m.sections[4].points.size(), 2u);  // its first point is its parent's last
}

TEST(Asc, ADrawnSomaBecomesNeuronsFrusta) {
    const Morphology m = parse_asc(cell, "cell.asc");

    const auto& p = m.sections[0].points;
    ASSERT_EQ(p.size(), 21u);
    // pt3d of NEURON, single precision
    EXPECT_EQ(static_cast<float>(p[0].x), -12.2890863f);
    EXPECT_EQ(static_cast<float>(p[0].diameter), 5.2495656f);
    EXPECT_EQ(static_cast<float>(p[10].y), 2.82358623f);
    EXPECT_EQ(static_cast<float>(p[10].diameter), 23.5145092f);
    EXPECT_EQ(static_cast<float>(p[20].x), 7.88093424f);
}

TEST(Asc, TheAxisPointsToThePositiveSide) {
    const std::vector<MorphologyPoint> tall{{1, 20, 0, 0}, {5, 0, 0, 0}, {1, -20, 0, 0}, {-5, 0, 0, 0}};

    const auto p = frusta_of_outline(tall, "tall");

    EXPECT_LT(p.front().y, p.back().y);
}

TEST(Asc, SectionsWithoutLengthAreLeftOut) {
    const Morphology m = parse_asc(
        "(\"CellBody\" (1 0 0) (0 1 0) (-1 0 0) (0 -2 0))\n"
        "((Dendrite) (0 0 0 1) ( (10 0 0 1) | (0 0 0 1) ((0 5 0 1)) ))",
        "m.asc");

    ASSERT_EQ(m.sections.size(), 3u);  // the root of one point, and the branch at its place, are gone
    EXPECT_EQ(m.sections[1].parent, 0);
    EXPECT_EQ(m.sections[2].parent, 0);
}

TEST(Asc, MistakesAreNamedWithTheirLines) {
    EXPECT_THAT(user_error([] { parse_asc("((Dendrite)\n (0 0 0 1) (1 0 0 1)", "a.asc"); }),
                HasSubstr("a.asc:2: expected ')'"));
    EXPECT_THAT(user_error([] { parse_asc("\n((Color Red)\n (0 0 0 1) (1 0 0 1))", "a.asc"); }),
                HasSubstr("a.asc:2: a neurite has no type"));
    EXPECT_THAT(user_error([] { parse_asc("((Axon) (0 0 0 0) (1 0 0 1))", "a.asc"); }),
                HasSubstr("a.asc:1: a branch from here has the diameter 0"));
    EXPECT_THAT(user_error([] { parse_asc("hello", "a.asc"); }), HasSubstr("a.asc:1: expected '(', found 'hello'"));
}

}  // namespace
