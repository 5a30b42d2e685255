#include "coupler/mapping/intersection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "tests/unit/mapping/box_mesh.hpp"
#include "tests/unit/mapping/homed.hpp"

namespace ngv::mapping::test {
namespace {

const MPI_Comm world = MPI_COMM_WORLD;

double distance(const Vector& a, const Vector& b) {
    return std::hypot(b[0] - a[0], b[1] - a[1], b[2] - a[2]);
}

Intersection intersect_spread(const ElementSet& lines, const ElementSet& mesh, std::uint64_t salt = 0,
                              MPI_Comm comm = world) {
    const auto my_lines = spread(comm, lines, salt), my_mesh = spread(comm, mesh, salt + 1);
    auto found = intersect(comm, {"neuron.segments", my_lines}, {"rd.tetrahedra", my_mesh});
    found.entries = everything(comm, found.entries);
    return found;
}

// Lengths by line, as fractions of the line.
std::vector<double> covered(const Intersection& found, const ElementSet& lines) {
    std::vector<double> sums(lines.ids.size(), 0.0);
    for (const auto& e : found.entries) sums[e.target] += e.value;
    for (std::size_t i = 0; i < sums.size(); ++i) {
        const double* c = &lines.coordinates[6 * i];
        sums[i] /= distance({c[0], c[1], c[2]}, {c[3], c[4], c[5]});
    }
    return sums;
}

// --- Three tetrahedra around the z axis: the cases that STEPS' own tests name ---------------------------------------

ElementSet three_tetrahedra() {
    static constexpr double node[6][3] = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {0, 0, -1}, {-1, 0, 0}};
    static constexpr int tet[3][4] = {{0, 2, 3, 1}, {0, 4, 2, 1}, {0, 2, 5, 3}};
    ElementSet mesh{.name = "tetrahedra", .geometry = Geometry::tetrahedra, .ids = {0, 1, 2}};
    for (const auto& t : tet)
        for (const int n : t) mesh.coordinates.insert(mesh.coordinates.end(), node[n], node[n] + 3);
    return mesh;
}

struct Case {
    Vector a, b;
    std::map<std::int64_t, double> expected;  // fraction of the line's length by tetrahedron
};

std::vector<Case> cases() {
    const double third = 1. / 3, sixth = 1. / 6;
    return {
        {{.1, .1, -.1}, {.1, .1, -.2}, {{1, 1}}},
        {{.1, .1, -.1}, {.1, .1, .1}, {{0, .5}, {1, .5}}},
        {{.1, .1, 0}, {.1, .2, 0}, {{0, .5}, {1, .5}}},                  // in the shared face
        {{0, 0, -.1}, {0, 0, -.2}, {{1, 1}}},                            // boundary edge
        {{.1, 0, 0}, {.2, 0, 0}, {{0, .5}, {1, .5}}},                    // edge of two
        {{.1, 0, -.5}, {-.5, 0, .1}, {{1, sixth}, {2, sixth}}},          // concave, both ends on faces
        {{0, .1, 0}, {0, .2, 0}, {{0, third}, {1, third}, {2, third}}},  // edge of three
        {{0, 0, 0}, {0, .2, 0}, {{0, third}, {1, third}, {2, third}}},   // ... from a corner
        {{0, 0, 0}, {.1, .1, -.1}, {{1, 1}}},                            // from a corner
        {{0, 0, -1}, {.1, .1, -.1}, {{1, 1}}},                           //
        {{-.1, 0, .1}, {.1, 0, -.1}, {{1, .5}, {2, .5}}},                // through a corner
        {{-.1, .1, .1}, {.1, .1, -.1}, {{1, .5}, {2, .5}}},              // through an edge
        {{.1, .1, .1}, {.9, .9, .9}, {{0, 7. / 24}}},                    // leaves
        {{.1, .1, 0}, {.9, .9, 0}, {{0, .25}, {1, .25}}},                // leaves along a face
        {{0, 0, 0}, {0, 2, 0}, {{0, sixth}, {1, sixth}, {2, sixth}}},    //
        {{.9, .9, .9}, {1, 1, 1}, {}},                                   // outside
        {{1, 0, 0}, {2, 0, 0}, {}},                                      // touches a corner
        {{-1, 0, -1}, {1, 0, -1}, {}},                                   //
    };
}

void expect_cases(bool reversed) {
    const auto all = cases();
    ElementSet lines{.name = "segments", .geometry = Geometry::lines};
    for (const auto& c : all) reversed ? add_line(lines, c.b, c.a) : add_line(lines, c.a, c.b);

    const auto found = intersect_spread(lines, three_tetrahedra());

    std::vector<std::map<std::int64_t, double>> shares(lines.ids.size());
    for (const auto& e : found.entries)
        shares[e.target][e.source] = e.value / distance(all[e.target].a, all[e.target].b);
    for (std::size_t i = 0; i < shares.size(); ++i) {
        const auto& expected = all[i].expected;
        EXPECT_EQ(shares[i].size(), expected.size()) << "case " << i;
        for (const auto& [tet, share] : expected)
            EXPECT_NEAR(shares[i][tet], share, 1e-14) << "case " << i << ", tetrahedron " << tet;
    }
}

TEST(Intersection, GivesTheReferenceSharesOfThreeTetrahedra) {
    expect_cases(false);
}
TEST(Intersection, GivesTheSameSharesForReversedLines) {
    expect_cases(true);
}

TEST(Intersection, SharesAPointAmongTheTetrahedraThatContainIt) {
    ElementSet lines{.name = "segments", .geometry = Geometry::lines};
    add_line(lines, {.1, .1, .1}, {.1, .1, .1});  // inside T0
    add_line(lines, {.1, .1, 0}, {.1, .1, 0});    // in the face of T0 and T1
    add_line(lines, {0, 0, 0}, {0, 0, 0});        // the corner of all
    add_line(lines, {3, 3, 3}, {3, 3, 3});        // outside

    const auto found = intersect_spread(lines, three_tetrahedra());

    std::map<std::pair<std::int64_t, std::int64_t>, double> expected{{{0, 0}, 1}, {{1, 0}, .5}, {{1, 1}, .5}};
    for (int t = 0; t < 3; ++t) expected[{2, t}] = 1. / 3;
    for (auto& [pair, share] : expected) share *= pointlike_um;
    EXPECT_EQ(by_pair(found.entries), expected);
    EXPECT_EQ(found.num_outside, 1);
    EXPECT_THAT(found.examples, testing::ElementsAre(testing::HasSubstr("neuron.segments 3")));
}

TEST(Intersection, FindsTheTetrahedronOfAPoint) {
    const ElementSet points{
        .name = "points", .geometry = Geometry::points, .ids = {5, 6}, .coordinates = {.1, .1, .1, -.1, .1, .1}};

    const auto found = intersect_spread(points, three_tetrahedra());

    const std::map<std::pair<std::int64_t, std::int64_t>, double> expected{{{5, 0}, pointlike_um},
                                                                           {{6, 2}, pointlike_um}};
    EXPECT_EQ(by_pair(found.entries), expected);
}

TEST(Intersection, LeavesOutFlatTetrahedraAndCountsThem) {
    auto mesh = three_tetrahedra();
    mesh.ids.push_back(3);
    for (const double c : {0., 0., 0., 1., 0., 0., 0., 1., 0., .2, .2, 0.}) mesh.coordinates.push_back(c);
    ElementSet lines{.name = "segments", .geometry = Geometry::lines};
    add_line(lines, {.1, .1, -.1}, {.1, .1, .1});

    const auto found = intersect_spread(lines, mesh);

    EXPECT_EQ(found.num_flat, 1);
    ASSERT_EQ(found.entries.size(), 2u);
    EXPECT_NEAR(covered(found, lines)[0], 1, 1e-15);
}

TEST(Intersection, AddsThePiecesOfALine) {
    // One line of 3 pieces: T1 -> T0 -> point -> outside.
    ElementSet lines{.name = "segments", .geometry = Geometry::lines, .ids = {7}, .piece_offsets = {0, 4}};
    lines.coordinates = {.1, .1, -.2, .1, .1, .2, .1, .1, .2, .1, .1, .3,
                         .1, .1, .3,  .1, .1, .3, .1, .1, .3, .1, .1, 1.3};

    const auto found = intersect_spread(lines, three_tetrahedra());

    auto shares = by_pair(found.entries);
    ASSERT_EQ(shares.size(), 2u);
    EXPECT_NEAR((shares[{7, 0}]), .2 + .1 + .5, 1e-15);
    EXPECT_NEAR((shares[{7, 1}]), .2, 1e-15);
    EXPECT_NEAR(found.length_total_um, 1.5, 1e-14);
    EXPECT_NEAR(found.length_covered_um, 1.0, 1e-14);
    EXPECT_EQ(found.num_partly, 1);
}

// --- Boxes ----------------------------------------------------------------------------------------------------------

// Lines between nodes of the grid, random points, points on faces and edges: every kind of degeneracy.
ElementSet inner_lines(std::mt19937_64& random, int n, double size, int count, const Affine& map) {
    std::uniform_real_distribution<double> uniform(0, size);
    std::uniform_int_distribution<int> node(0, n), kind(0, 3);
    ElementSet lines{.name = "segments", .geometry = Geometry::lines};
    const auto point = [&](int k) {
        Vector p;
        for (auto& c : p) c = uniform(random);
        for (int axis = 0; axis < k; ++axis) p[(axis + lines.ids.size()) % 3] = size * node(random) / n;
        return p;
    };
    while (static_cast<int>(lines.ids.size()) < count) {
        Vector a = point(kind(random)), b = point(kind(random));
        if (lines.ids.size() % 2) {
            // Shares one or two coordinates with a: in a plane of the grid, along an edge or a diagonal.
            for (int axis = 0; axis < 1 + kind(random) % 2; ++axis) b[axis] = a[axis];
        }
        if (distance(a, b) > 1e-3) add_line(lines, map(a), map(b));
    }
    return lines;
}

TEST(Intersection, OfLinesInsideTheMeshIsComplete) {
    std::mt19937_64 random(11);
    for (int trial = 0; trial < 6; ++trial) {
        const Affine map = trial == 0 ? Affine{} : random_affine(random, trial * 100.0);
        const int n = 3 + trial;
        const auto mesh = box_mesh(n, 30.0, map);
        const auto lines = inner_lines(random, n, 30.0, 400, map);

        const auto found = intersect_spread(lines, mesh, trial);

        const auto sums = covered(found, lines);
        double worst = 0;
        for (const double sum : sums) worst = std::max(worst, std::abs(sum - 1));
        EXPECT_LT(worst, 1e-12) << "trial " << trial;
        EXPECT_EQ(found.num_holes, 0) << "trial " << trial;
        for (const auto& e : found.entries) ASSERT_GT(e.value, 0);
    }
}

TEST(Intersection, OfLinesBetweenNodesOfABentMeshIsComplete) {
    std::mt19937_64 random(16);
    for (int trial = 0; trial < 5; ++trial) {
        const int n = 6;
        const double size = 30, h = size / n;
        const Affine affine = random_affine(random, 300.0);
        const Bend bend{size, 0.2 * h};
        const auto map = [&](const Vector& x) { return affine(bend(x)); };
        std::uniform_int_distribution<int> node(0, n), near(-1, 1);
        ElementSet lines{.name = "segments", .geometry = Geometry::lines};
        while (lines.ids.size() < 500) {
            // Every other one between neighbours: an edge, or a diagonal of some tetrahedra.
            const std::array<int, 3> a{node(random), node(random), node(random)};
            std::array<int, 3> b{node(random), node(random), node(random)};
            if (lines.ids.size() % 2)
                for (int k = 0; k < 3; ++k) b[k] = std::clamp(a[k] + near(random), 0, n);
            if (a != b) add_line(lines, map({h * a[0], h * a[1], h * a[2]}), map({h * b[0], h * b[1], h * b[2]}));
        }

        const auto found = intersect_spread(lines, box_mesh(n, size, map), trial);

        for (const double sum : covered(found, lines)) EXPECT_NEAR(sum, 1, 1e-12) << "trial " << trial;
        EXPECT_EQ(found.num_partly + found.num_outside + found.num_holes + found.num_flat, 0);
    }
}

TEST(Intersection, OfLinesThatLeaveTheMeshIsTheAnalyticClip) {
    std::mt19937_64 random(12);
    std::uniform_real_distribution<double> uniform(-15, 45);
    for (int trial = 0; trial < 4; ++trial) {
        const Affine map = trial == 0 ? Affine{} : random_affine(random, 200.0);
        ElementSet lines{.name = "segments", .geometry = Geometry::lines};
        std::vector<double> expected;
        for (int i = 0; i < 400; ++i) {
            Vector a, b;
            for (auto* p : {&a, &b})
                for (auto& c : *p) c = uniform(random);
            if (i % 3 == 0) a[i % 2] = b[i % 2] = 10.0;  // in a plane of the grid
            if (i % 30 == 0) a[2] = b[2] = 0.0;          // on the boundary
            double begin = 0, end = 1;
            for (int axis = 0; axis < 3; ++axis) {
                double t0 = (0 - a[axis]) / (b[axis] - a[axis]), t1 = (30 - a[axis]) / (b[axis] - a[axis]);
                if (a[axis] == b[axis]) continue;
                begin = std::max(begin, std::min(t0, t1));
                end = std::min(end, std::max(t0, t1));
            }
            expected.push_back(std::max(0.0, end - begin));
            add_line(lines, map(a), map(b));
        }

        const auto found = intersect_spread(lines, box_mesh(6, 30.0, map), trial);

        const auto sums = covered(found, lines);
        double length = 0;
        for (std::size_t i = 0; i < sums.size(); ++i) {
            EXPECT_NEAR(sums[i], expected[i], 1e-12) << "trial " << trial << ", line " << i;
            const double* c = &lines.coordinates[6 * i];
            length += expected[i] * distance({c[0], c[1], c[2]}, {c[3], c[4], c[5]});
        }
        EXPECT_NEAR(found.length_covered_um, length, 1e-12 * length);
        EXPECT_EQ(found.num_holes, 0);
    }
}

TEST(Intersection, AlongAnEdgeOfTheGridIsSharedByAllAroundIt) {
    // An inner edge along x of the Kuhn mesh has 6 tetrahedra around it; the cubes' main diagonal has 6 too.
    std::mt19937_64 random(13);
    const Affine map = random_affine(random, 500.0);
    const double h = 10.0;
    ElementSet lines{.name = "segments", .geometry = Geometry::lines};
    add_line(lines, map({h + 1, h, h}), map({h + 4, h, h}));
    add_line(lines, map({h + 1, h + 1, h + 1}), map({h + 7, h + 7, h + 7}));
    add_line(lines, map({h + 1, h + 2, h}), map({h + 3, h + 7, h}));  // in a face

    const auto found = intersect_spread(lines, box_mesh(3, 3 * h, map));

    std::map<std::int64_t, std::vector<double>> shares;
    for (const auto& e : found.entries) shares[e.target].push_back(e.value);
    for (const auto& [line, count] : {std::pair{0, 6}, {1, 6}, {2, 2}}) {
        const double* c = &lines.coordinates[6 * line];
        const double length = distance({c[0], c[1], c[2]}, {c[3], c[4], c[5]});
        ASSERT_EQ(int(shares[line].size()), count) << "line " << line;
        for (const double s : shares[line]) EXPECT_NEAR(s, length / count, 1e-13 * length) << "line " << line;
    }
}

TEST(Intersection, NearlyAlongAnEdgeHasNoCracks) {
    // From an edge of the grid to a place that is 1e-16 ... 1e-6 away from the edge: the worst for independent
    // roundings.
    std::mt19937_64 random(14);
    const Affine map = random_affine(random, 1000.0);
    std::uniform_real_distribution<double> part(-1, 1);
    ElementSet lines{.name = "segments", .geometry = Geometry::lines};
    for (int i = 0; i < 2000; ++i) {
        const double off = std::pow(10.0, -6 - 10.0 * (i % 100) / 100);
        add_line(lines, map({10 + off * part(random), 10 + off * part(random), 10 + off * part(random)}),
                 map({18 + off * part(random), 10 + off * part(random), 10 + off * part(random)}));
    }

    const auto found = intersect_spread(lines, box_mesh(3, 30, map));

    for (const double sum : covered(found, lines)) EXPECT_NEAR(sum, 1, 1e-12);
    EXPECT_EQ(found.num_partly + found.num_outside, 0);
}

TEST(Intersection, ReportsAHoleInTheMesh) {
    auto mesh = box_mesh(3, 30);
    ElementSet with_hole{.name = "tetrahedra", .geometry = Geometry::tetrahedra};
    for (std::size_t t = 0; t < mesh.ids.size(); ++t) {
        if (t / 6 == 13) continue;  // the cube in the middle
        with_hole.ids.push_back(mesh.ids[t]);
        with_hole.coordinates.insert(with_hole.coordinates.end(), &mesh.coordinates[12 * t],
                                     &mesh.coordinates[12 * t] + 12);
    }
    ElementSet lines{.name = "segments", .geometry = Geometry::lines};
    add_line(lines, {1, 14, 13}, {28, 14, 13});
    add_line(lines, {1, 1, 1}, {2, 2, 2});

    const auto found = intersect_spread(lines, with_hole);

    EXPECT_EQ(found.num_holes, 1);
    EXPECT_EQ(found.num_partly, 1);
    EXPECT_NEAR(found.length_total_um - found.length_covered_um, 10.0, 1e-12);
    EXPECT_THAT(found.examples, testing::ElementsAre("neuron.segments 0 (10 of 27 um outside)"));
}

TEST(Intersection, IsTheSameBitsForAnyDistributionOverAnyNumberOfRanks) {
    std::mt19937_64 random(15);
    const Affine map = random_affine(random, 100.0);
    const auto mesh = box_mesh(5, 30, map);
    const auto lines = inner_lines(random, 5, 30, 500, map);
    const auto one = intersect_spread(lines, mesh, 0, MPI_COMM_SELF);

    for (std::uint64_t salt = 1; salt < 4; ++salt) {
        const auto many = intersect_spread(lines, mesh, salt);
        ASSERT_EQ(many.entries.size(), one.entries.size());
        EXPECT_EQ(std::memcmp(many.entries.data(), one.entries.data(), one.entries.size() * sizeof(Entry)), 0);
    }
}

}  // namespace
}  // namespace ngv::mapping::test
