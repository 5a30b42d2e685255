#include "coupler/mapping/distributed_operator.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/unit/mapping/homed.hpp"

namespace ngv::mapping::test {
namespace {

const MPI_Comm world = MPI_COMM_WORLD;
constexpr int num_sources = 200, num_targets = 150;

// Every row has up to 6 sources; every 7th row none.
std::vector<Entry> random_rows() {
    std::mt19937_64 random(5);
    std::vector<Entry> entries;
    for (std::int64_t t = 0; t < num_targets; ++t) {
        if (t % 7 == 0) continue;
        std::map<std::int64_t, double> row;
        for (int k = 0; k < 6; ++k) row[random() % num_sources] = 1e-3 * double(random() % 1000);
        for (const auto& [s, value] : row) entries.push_back({t, s, value});
    }
    return entries;
}

double value_of(std::int64_t source, int field) {
    return 1.0 / (1.0 + double(source)) + field;
}

struct Buffer {
    Layout layout;
    std::vector<double> values;
};

// Homed elements in an order of their own, with a gap of 2 between them, after 5 unused values.
Buffer scattered(int count, int fields, std::uint64_t salt) {
    Buffer b;
    std::int64_t position = 5;
    for (std::int64_t id = count - 1; id >= 0; --id) {
        if (!is_home(world, id, salt)) continue;
        b.layout.ids.push_back(id);
        b.layout.positions.push_back(position);
        position += fields + 2;
    }
    b.values.assign(position, -77.0);
    return b;
}

class Operator : public testing::TestWithParam<int> {};

TEST_P(Operator, GivesTheSameBitsAsAPlainLoopInTheOrderOfSourceIds) {
    const int fields = GetParam();
    auto x = scattered(num_sources, fields, 1), y = scattered(num_targets, fields, 2);
    for (std::size_t i = 0; i < x.layout.ids.size(); ++i)
        for (int f = 0; f < fields; ++f) x.values[x.layout.positions[i] + f] = value_of(x.layout.ids[i], f);
    const auto all = random_rows();
    std::vector<Entry> mine;
    for (const auto& e : all)
        if (is_home(world, e.target, 2)) mine.push_back(e);

    DistributedOperator op(world, mine, x.layout, y.layout, fields, 2.0);
    for (int repeat = 0; repeat < 3; ++repeat) {
        op.start(x.values.data());
        op.finish(y.values.data());
    }

    for (std::size_t i = 0; i < y.layout.ids.size(); ++i) {
        for (int f = 0; f < fields; ++f) {
            double expected = 0;
            for (const auto& e : all)
                if (e.target == y.layout.ids[i]) expected += (e.value * 2.0) * value_of(e.source, f);
            EXPECT_EQ(y.values[y.layout.positions[i] + f], expected) << "target " << y.layout.ids[i];
        }
        EXPECT_EQ(op.covered()[i], y.layout.ids[i] % 7 != 0);
    }
    EXPECT_EQ(std::count(y.values.begin(), y.values.end(), -77.0), 5 + 2 * std::int64_t(y.layout.ids.size()))
        << "values between the rows were written";
    EXPECT_EQ(op.nonzeros(), std::int64_t(mine.size()));
}

INSTANTIATE_TEST_SUITE_P(ForFields, Operator, testing::Values(1, 2, 3, 4, 5, 8));

TEST(Operator, KeepsTwoOperatorsUnderWayApart) {
    auto x = scattered(num_sources, 1, 1), y1 = scattered(num_targets, 1, 2), y2 = y1;
    for (std::size_t i = 0; i < x.layout.ids.size(); ++i)
        x.values[x.layout.positions[i]] = value_of(x.layout.ids[i], 0);
    auto x2 = x;
    for (auto& v : x2.values) v *= 4;
    std::vector<Entry> mine;
    for (const auto& e : random_rows())
        if (is_home(world, e.target, 2)) mine.push_back(e);
    DistributedOperator a(world, mine, x.layout, y1.layout, 1), b(world, mine, x2.layout, y2.layout, 1);

    // Ranks start them in different orders.
    if (rank_of(world) == 0) a.start(x.values.data());
    b.start(x2.values.data());
    if (rank_of(world) != 0) a.start(x.values.data());
    a.finish(y1.values.data());
    b.finish(y2.values.data());

    for (const auto p : y1.layout.positions) EXPECT_EQ(4 * y1.values[p], y2.values[p]);
}

TEST(Operator, WorksOnRanksWithoutElements) {
    Layout source, target;
    std::vector<Entry> entries;
    if (rank_of(world) == 0) source = {{7}, {0}};
    if (rank_of(world) == size_of(world) - 1) {
        target = {{3}, {1}};
        entries = {{3, 7, 0.5}};
    }
    const double x[] = {8.0};
    double y[] = {-1.0, -1.0};

    DistributedOperator op(world, entries, source, target, 1);
    op.start(x);
    op.finish(y);

    EXPECT_EQ(y[0], -1.0);
    EXPECT_EQ(y[1], target.ids.empty() ? -1.0 : 4.0);
}

}  // namespace
}  // namespace ngv::mapping::test
