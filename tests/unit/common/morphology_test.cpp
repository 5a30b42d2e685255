#include "solvers/common/morphology.hpp"

#include <cmath>
#include <numbers>

#include "solvers/common/hdf5.hpp"
#include "tests/unit/common/helpers.hpp"

using namespace ngv;
using ngv::testing::Folder;
using ngv::testing::user_error;
using ::testing::AllOf;
using ::testing::HasSubstr;

namespace {

double cylinder_area(const Section& s) {
    double area = 0;
    for (std::size_t i = 1; i < s.points.size(); ++i) {
        const auto &a = s.points[i - 1], &b = s.points[i];
        area += std::numbers::pi * (a.diameter + b.diameter) / 2 * std::hypot(b.x - a.x, b.y - a.y, b.z - a.z);
    }
    return area;
}

// A soma, a basal dendrite that forks (children of its second point in file order), an axon later in the file, an
// apical of one point.
constexpr const char* tree = R"(# id type x y z r parent
1 1 0 0 0 5 -1
2 3 5 0 0 1 1
3 3 10 0 0 1 2
4 3 20 5 0 0.5 3
5 3 20 -5 0 0.5 3
6 3 30 5 0 0.5 4
7 2 0 -5 0 0.3 1
8 2 0 -50 0 0.3 7
9 4 0 9 0 0.7 1
)";

}  // namespace

TEST(Morphology, SectionsAreNumberedSomaAxonBasalApicalDepthFirst) {
    const auto m = parse_swc(tree, "cell.swc");

    ASSERT_EQ(m.sections.size(), 6u);
    const int types[] = {1, 2, 3, 3, 3, 4}, parents[] = {-1, 0, 0, 2, 2, 0};
    for (std::size_t i = 0; i < 6; ++i) {
        EXPECT_EQ(m.sections[i].type, types[i]) << i;
        EXPECT_EQ(m.sections[i].parent, parents[i]) << i;
    }
    EXPECT_EQ(m.sections[2].points.size(), 2u);  // starts at its own first point
    EXPECT_EQ(m.sections[3].points[0].x, 10);    // starts at the fork
    EXPECT_EQ(m.sections[3].points[0].diameter, 2);
    EXPECT_EQ(m.sections[3].points.size(), 3u);
    EXPECT_EQ(m.sections[4].points[1].y, -5);
    EXPECT_EQ(m.sections[5].points.size(), 2u);  // one point in the file: begins in the soma
    EXPECT_DOUBLE_EQ(m.sections[1].length(), 45);
    EXPECT_EQ(m.name, "cell");
}

TEST(Morphology, ASomaOfOneOrThreePointsBecomesACylinderOfTheSpheresArea) {
    for (const char* text :
         {"1 1 1 2 3 5 -1\n2 3 6 2 3 1 1\n", "1 1 1 2 3 5 -1\n4 1 1 7 3 5 1\n5 1 1 -3 3 5 1\n2 3 6 2 3 1 1\n"}) {
        const auto m = parse_swc(text, "cell.swc");

        ASSERT_EQ(m.sections[0].points.size(), 3u);
        EXPECT_EQ(m.sections[0].points[0].x, -4);
        EXPECT_EQ(m.sections[0].points[1].x, 1);
        EXPECT_EQ(m.sections[0].points[2].x, 6);
        EXPECT_NEAR(cylinder_area(m.sections[0]), 4 * std::numbers::pi * 25, 1e-9);
        EXPECT_EQ(m.soma.diameter, 10);
        EXPECT_EQ(m.sections.size(), 2u);
    }
}

TEST(Morphology, AChainOfSomaPointsStaysAStack) {
    const auto m =
        parse_swc("1 1 0 0 0 5 -1\n2 1 10 0 0 5 1\n3 1 20 0 0 5 2\n4 1 30 0 0 5 3\n5 3 40 0 0 1 4\n", "cell.swc");

    EXPECT_EQ(m.sections[0].points.size(), 4u);
    EXPECT_NEAR(m.soma.x, 15, 1e-12);
    EXPECT_NEAR(std::numbers::pi * m.soma.diameter * m.soma.diameter, std::numbers::pi * 10 * 30, 1e-9);
}

TEST(Morphology, AnOutlineOfPointsWithoutRadiusBecomesASphere) {
    const auto m =
        parse_swc("1 1 4 0 0 0 -1\n2 1 0 4 0 0 1\n3 1 -4 0 0 0 2\n4 1 0 -4 0 0 3\n5 3 9 0 0 1 1\n", "cell.swc");

    EXPECT_NEAR(m.soma.diameter, 8, 1e-12);
    EXPECT_EQ(m.sections[0].points.size(), 3u);
    EXPECT_THAT(user_error([] { parse_swc("1 1 0 0 0 0 -1\n", "z.swc"); }),
                HasSubstr("z.swc:1: the soma has the radius 0"));
}

TEST(Morphology, AChangeOfTypeStartsASection) {
    const auto m =
        parse_swc("1 1 0 0 0 5 -1\n2 3 5 0 0 1 1\n3 3 10 0 0 1 2\n4 2 15 0 0 1 3\n5 2 20 0 0 1 4\n", "cell.swc");

    ASSERT_EQ(m.sections.size(), 3u);
    EXPECT_EQ(m.sections[2].type, 2);
    EXPECT_EQ(m.sections[2].parent, 1);
    EXPECT_EQ(m.sections[2].points.size(), 3u);
}

TEST(Morphology, ParentsMayStandAfterTheirChildren) {
    const auto m = parse_swc("3 3 10 0 0 1 2\n2 3 5 0 0 1 1\n1 1 0 0 0 5 -1\n", "cell.swc");

    ASSERT_EQ(m.sections.size(), 2u);
    EXPECT_EQ(m.sections[1].points[1].x, 10);
}

TEST(Morphology, AllMistakesAreNamedWithTheirLines) {
    const auto text = user_error([] {
        parse_swc("1 1 0 0 0 5 -1\n2 3 1 0 0 -1 1\n3 3 2 0 0 1 77\n4 0 2 0 0 1 1\n1 3 0 0 0 1 1\n5 3 x\n", "bad.swc");
    });

    EXPECT_THAT(text,
                AllOf(HasSubstr("bad.swc:2: the radius is -1"), HasSubstr("bad.swc:3: the parent 77 does not exist"),
                      HasSubstr("bad.swc:4: unknown type 0"), HasSubstr("bad.swc:5: the id 1 stands already in line 1"),
                      HasSubstr("bad.swc:6: expected 7 numbers")));
    EXPECT_THAT(user_error([] { parse_swc("1 1 0 0 0 5 -1\n2 3 1 0 0 1 3\n3 3 2 0 0 1 2\n", "c.swc"); }),
                HasSubstr("c.swc:2: the point 2 is its own ancestor"));
    EXPECT_THAT(user_error([] { parse_swc("# nothing\n", "e.swc"); }), HasSubstr("no points"));
    EXPECT_THAT(user_error([] { read_morphology("/nowhere/a.swc"); }), HasSubstr("cannot be read"));
    EXPECT_THAT(user_error([] { read_morphology("a.obj"); }), HasSubstr(".swc, .asc and .h5"));
}

TEST(Morphology, TheH5FormatGivesTheSameOrder) {
    const Folder folder;
    {
        auto file = h5::File::create(folder / "m.h5");
        // soma contour (4 points at distance 5), basal root, its two children, an axon
        file.write("points", std::vector<double>{5,  0,  0, 0, 0,  5,   0, 0, -5, 0, 0, 0, 0, -5, 0, 0,  //
                                                 5,  0,  0, 2, 10, 0,   0, 2,                            //
                                                 10, 0,  0, 2, 20, 5,   0, 1,                            //
                                                 10, 0,  0, 2, 20, -5,  0, 1,                            //
                                                 0,  -5, 0, 1, 0,  -50, 0, 1},
                   {12, 4});
        file.write("structure", std::vector<int>{0, 1, -1, 4, 3, 0, 6, 3, 1, 8, 3, 1, 10, 2, 0}, {5, 3});
    }

    const auto m = read_morphology(folder / "m.h5");

    ASSERT_EQ(m.sections.size(), 5u);
    EXPECT_EQ(m.soma.diameter, 10);
    EXPECT_EQ(m.sections[1].type, 2);
    EXPECT_EQ(m.sections[2].parent, 0);
    EXPECT_EQ(m.sections[3].parent, 2);
    EXPECT_EQ(m.sections[4].parent, 2);
    EXPECT_EQ(m.sections[4].points[1].y, -5);
}
