// How much of each polyline lies in each tetrahedron, on any partition. STEPS loses up to 45 % of such segments on two
// ranks. The rules for faces, edges and holes are tested in tests/unit/mapping/intersection_test.cpp.
#include "solvers/rd/mesh/intersect.hpp"

#include <map>
#include <random>
#include <tuple>

#include "tests/unit/rd/support.hpp"

namespace rd_test {
namespace {

constexpr int num_lines = 60;

/// Polyline k: 1 to 4 segments between points inside the box; every fifth runs through nodes and along edges.
std::vector<double> polyline(int k) {
    std::mt19937 random(static_cast<unsigned>(k));
    std::uniform_real_distribution<double> unit(0.01, 0.99);
    std::vector<double> segments;
    const auto place = [&] {
        const Point p{30 * unit(random), 20 * unit(random), 10 * unit(random)};
        return k % 5 ? p : Point{5.0 * std::round(p[0] / 5), 4.0 * std::round(p[1] / 4), 2.5 * std::round(p[2] / 2.5)};
    };
    Point from = place();
    for (int piece = 0; piece <= k % 4; ++piece) {
        const Point to = place();
        segments.insert(segments.end(), from.begin(), from.end());
        segments.insert(segments.end(), to.begin(), to.end());
        from = to;
    }
    return segments;
}

double length_of(const std::vector<double>& segments) {
    double sum = 0.0;
    for (std::size_t k = 0; k < segments.size(); k += 6)
        sum +=
            norm({segments[k + 3] - segments[k], segments[k + 4] - segments[k + 1], segments[k + 5] - segments[k + 2]});
    return sum;
}

std::map<std::pair<std::int64_t, std::int64_t>, double> pieces_on(MPI_Comm comm, double distortion) {
    const auto mesh = box(comm, 30, 20, 10, 6, 5, 4, distortion);
    std::vector<std::int64_t> ids, offsets{0};
    std::vector<double> segments;
    for (int k = rank_of(comm); k < num_lines; k += size_of(comm)) {
        const auto line = polyline(k);
        ids.push_back(k);
        segments.insert(segments.end(), line.begin(), line.end());
        offsets.push_back(static_cast<std::int64_t>(segments.size() / 6));
    }

    const auto found = intersect(comm, mesh, ids, segments, offsets);

    EXPECT_EQ(found.num_partly, 0);
    std::map<std::pair<std::int64_t, std::int64_t>, double> pieces;
    std::map<std::int64_t, double> covered;
    for (const auto& e : found.entries) {
        EXPECT_TRUE(pieces.emplace(std::pair(e.target, e.source), e.value).second) << "a piece counts once";
        covered[e.target] += e.value;
    }
    for (const auto k : ids) {
        const double length = length_of(polyline(static_cast<int>(k)));
        EXPECT_NEAR(covered[k], length, 1e-12 * length) << "polyline " << k;
    }
    return pieces;
}

TEST(Intersect, EveryPolylineIsCoveredWholeAndTheSameOnAnyNumberOfRanks) {
    for (const double distortion : {0.0, 0.2}) {
        const auto here = pieces_on(MPI_COMM_WORLD, distortion), alone = pieces_on(MPI_COMM_SELF, distortion);

        std::int64_t count = static_cast<std::int64_t>(here.size());
        MPI_Allreduce(MPI_IN_PLACE, &count, 1, MPI_INT64_T, MPI_SUM, MPI_COMM_WORLD);
        EXPECT_EQ(count, static_cast<std::int64_t>(alone.size()));
        for (const auto& [which, um] : here) EXPECT_EQ(um, alone.at(which)) << "bit for bit";
    }
}

}  // namespace
}  // namespace rd_test
