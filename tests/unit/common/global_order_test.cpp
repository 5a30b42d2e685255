#include "solvers/common/global_order.hpp"

#include <algorithm>
#include <numeric>

#include "tests/unit/common/helpers.hpp"

using namespace ngv;
using ngv::testing::rank;
using ngv::testing::ranks;

namespace {

// Items 0..n-1 dealt out in an uneven, disordered way; the last rank of three has none.
std::vector<std::int64_t> my_items(std::int64_t n) {
    std::vector<std::int64_t> items;
    for (std::int64_t i = n - 1; i >= 0; --i) {
        if ((i * 7919 % 11 < 8 || ranks() == 1 ? 0 : 1) == rank()) items.push_back(i);
    }
    return items;
}

std::int64_t id_of(std::int64_t item) {
    return (item % 2 ? (1LL << 52) : 0) + item * 3;
}  // two far-off populations

}  // namespace

TEST(GlobalOrder, PositionsAreThoseOfASort) {
    const std::int64_t n = 1000;
    std::vector<std::int64_t> all(n);
    for (std::int64_t i = 0; i < n; ++i) all[static_cast<std::size_t>(i)] = id_of(i);
    std::sort(all.begin(), all.end());
    const auto items = my_items(n);
    std::vector<OrderKey> keys;
    for (auto i : items) keys.push_back({id_of(i), 0});

    const auto positions = global_positions(MPI_COMM_WORLD, keys);

    for (std::size_t k = 0; k < items.size(); ++k) EXPECT_EQ(all[static_cast<std::size_t>(positions[k])], keys[k][0]);
}

TEST(GlobalOrder, EqualKeysFollowTheRanksOrShareAPosition) {
    const std::vector<OrderKey> keys = {{5, 1}, {5, 0}, {5, 1}};

    const auto positions = global_positions(MPI_COMM_WORLD, keys);
    const auto merged = global_positions_merged(MPI_COMM_WORLD, keys);

    EXPECT_EQ(positions[1], rank());
    EXPECT_EQ(positions[0], ranks() + 2 * rank());
    EXPECT_EQ(positions[2], ranks() + 2 * rank() + 1);
    EXPECT_EQ(merged, (std::vector<std::int64_t>{1, 0, 1}));
}

TEST(GlobalOrder, BlocksHoldTheValuesInOrder) {
    const std::int64_t n = 101;
    const auto items = my_items(n);
    std::vector<OrderKey> keys;
    std::vector<double> values;
    for (auto i : items) {
        keys.push_back({i, 0});
        values.push_back(10.0 * static_cast<double>(i));
        values.push_back(10.0 * static_cast<double>(i) + 1);
    }

    const BlockExchange order(MPI_COMM_WORLD, global_positions(MPI_COMM_WORLD, keys));
    const auto block = order.gather(values, 2);

    EXPECT_EQ(order.total(), n);
    ASSERT_EQ(block.size(), static_cast<std::size_t>(2 * order.block_size()));
    for (std::int64_t i = 0; i < order.block_size(); ++i) {
        EXPECT_EQ(block[static_cast<std::size_t>(2 * i)], 10.0 * static_cast<double>(order.block_begin() + i));
        EXPECT_EQ(block[static_cast<std::size_t>(2 * i + 1)], 10.0 * static_cast<double>(order.block_begin() + i) + 1);
    }
}

TEST(GlobalOrder, NothingAtAllIsFine) {
    const BlockExchange order(MPI_COMM_WORLD, global_positions(MPI_COMM_WORLD, {}));

    EXPECT_EQ(order.total(), 0);
    EXPECT_TRUE(order.gather(std::vector<double>{}).empty());
}
