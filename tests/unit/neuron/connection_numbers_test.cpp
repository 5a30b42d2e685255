// The arguments of NET_RECEIVE: which ones connections share, what they take, and NEURON's rule for the start.
#include <gtest/gtest.h>

#include "solvers/neuron/engine/connection_table.hpp"

namespace ngv::neuron {
namespace {

void initial(const ngv_run*, const ngv_group*, const ngv_set*, std::int64_t, double*) {}

ngv_mechanism mechanism(int numbers, bool shared, bool with_initial = true) {
    ngv_mechanism m{};
    m.num_weights = numbers;
    m.shared_numbers = shared;
    m.net_init = with_initial ? initial : nullptr;
    return m;
}

std::vector<double> arguments(ConnectionNumbers& numbers, std::int64_t c, int n) {
    double room[8] = {};
    const double* all = numbers.arguments(c, n, room);
    return {all, all + n};
}

TEST(ConnectionNumbers, SharedOnesTakeAPlaceAndKeptOnesEightBytesEach) {
    constexpr int n = 10000;
    const auto single = mechanism(1, true), shared = mechanism(5, true), kept = mechanism(6, false);
    ConnectionNumbers of_single, of_shared, of_kept;
    for (auto* x : {&of_single, &of_shared, &of_kept}) x->reserve(n, x != &of_single);
    for (int c = 0; c < n; ++c) {
        of_single.add(single, std::vector<double>{0.1 * c});
        of_shared.add(shared, std::vector<double>{0.1 * c, 0, 0, 0, static_cast<double>(c % 3)});
        of_kept.add(kept, std::vector<double>{0.1 * c, 0.5});
    }

    // target and delay, 12 bytes, come on top of it
    EXPECT_LE(of_single.bytes() / n, 8);
    EXPECT_LE(of_shared.bytes() / n, 12.1);
    for (int c : {0, 4711, n - 1}) {
        EXPECT_EQ(arguments(of_single, c, 1), (std::vector<double>{0.1 * c}));
        EXPECT_EQ(arguments(of_shared, c, 5), (std::vector<double>{0.1 * c, 0, 0, 0, static_cast<double>(c % 3)}));
        EXPECT_EQ(arguments(of_kept, c, 6), (std::vector<double>{0.1 * c, 0.5, 0, 0, 0, 0}));
        EXPECT_EQ(of_shared.own(c), nullptr);
        EXPECT_EQ(of_kept.own(c), of_kept.arguments(c, 6, nullptr));
    }
}

TEST(ConnectionNumbers, WithoutAnInitialBlockAllButTheWeightAreZero) {
    for (const bool shared : {false, true}) {
        const auto with = mechanism(3, shared), without = mechanism(3, shared, false);
        ConnectionNumbers numbers;
        numbers.add(with, std::vector<double>{1, 2, 3});
        numbers.add(without, std::vector<double>{1, 2, 3});

        EXPECT_EQ(arguments(numbers, 0, 3), (std::vector<double>{1, 2, 3}));
        EXPECT_EQ(arguments(numbers, 1, 3), (std::vector<double>{1, 0, 0}));
    }
}

TEST(ConnectionNumbers, AnotherTableTakesThemOverInAnyOrder) {
    const auto single = mechanism(1, true), shared = mechanism(3, true), kept = mechanism(2, false);
    ConnectionNumbers from, to;
    from.add(single, std::vector<double>{1});
    from.add(shared, std::vector<double>{2, 7, 8});
    from.add(kept, std::vector<double>{3, 9});

    to.reserve(3, from.has_further());
    to.share(from);
    to.add(from, 2, kept);
    to.add(from, 0, single);
    to.add(from, 1, shared);
    to.weight(0) = 4;
    to.weight(2) = 5;

    EXPECT_EQ(arguments(to, 0, 2), (std::vector<double>{4, 9}));
    EXPECT_EQ(arguments(to, 1, 1), (std::vector<double>{1}));
    EXPECT_EQ(arguments(to, 2, 3), (std::vector<double>{5, 7, 8}));
}

}  // namespace
}  // namespace ngv::neuron
