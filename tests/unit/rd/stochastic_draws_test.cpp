// Random numbers: known answers of Philox, and the distributions that everything else is drawn from.
//
// Each distribution is compared with its exact probabilities by a chi-square over about 20 classes, at fixed seeds; the
// limit of 60 has a failure probability below 1e-5 for a correct sampler.
#include <Random123/philox.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>

#include "solvers/rd/stochastic/draws.hpp"
#include "solvers/rd/stochastic/eight.hpp"

namespace {

using namespace ngv::rd;

TEST(Philox, GivesThePublishedAnswers) {  // those of Random123
    const auto zero = philox(0, 0, 0, 0, {0, 0});
    EXPECT_EQ(zero[0], 0xe169c58d6627e8d5ull);
    EXPECT_EQ(zero[1], 0x9b00dbd8bc57ac4cull);
    const auto pi = philox(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, {0xa4093822, 0x299f31d0});
    const r123::Philox4x32::ctr_type counter = {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}};
    const r123::Philox4x32::key_type key = {{0xa4093822, 0x299f31d0}};
    const auto theirs = r123::Philox4x32()(counter, key);
    EXPECT_EQ(pi[0], theirs[0] | std::uint64_t{theirs[1]} << 32);
    EXPECT_EQ(pi[1], theirs[2] | std::uint64_t{theirs[3]} << 32);
}

TEST(Philox, GivesEightAtOnceTheSame) {
    std::array<std::uint64_t, 8> words[4];
    for (std::uint64_t k = 0; k < 8; ++k)
        for (std::uint64_t w = 0; w < 4; ++w) words[w][k] = 0x9E3779B97F4A7C15u * (4 * k + w + 1);
    const Key key{0xa4093822, 0x299f31d0};

    const auto eight = philox(load<EightWords>(words[0].data()), load<EightWords>(words[1].data()),
                              load<EightWords>(words[2].data()), load<EightWords>(words[3].data()), key);

    for (int k = 0; k < 8; ++k) {
        const auto low = [&](int w) { return words[w][k] & 0xFFFFFFFFu; };
        const auto one = philox(low(0), low(1), low(2), low(3), key);
        for (int i : {0, 1}) {
            EXPECT_EQ(eight[i][k], one[i]);
            EXPECT_EQ(to_unit(eight[i])[k], to_unit(one[i]));
        }
    }
}

TEST(Eight, ListsWhereSomethingHolds) {
    const std::array<std::int64_t, 10> counts{0, 5, 0, 1, 2, 0, 7, 0, 3, 1};
    const std::array<std::int32_t, 8> places{9, 8, 7, 6, 5, 4, 3, 2};
    const EightReals u{0.1, 0.9, 0.3, 0.5, 0.2, 0.7, 0.8, 0.4};
    std::array<std::int32_t, 20> list{};

    std::int32_t n = append(list.data(), 0, 100, below(0, load<EightCounts>(counts.data())));
    n = append(list.data(), n, 200, below(1, gathered(counts.data(), places.data())));
    n = append(list.data(), n, 300, below(u, EightReals{} + 0.5) & first_of(5));

    EXPECT_EQ(n, 4 + 3 + 3);
    const std::array<std::int32_t, 10> expected{101, 103, 104, 106, 201, 203, 205, 300, 302, 304};
    EXPECT_TRUE(std::equal(expected.begin(), expected.end(), list.begin()));
}

// Chi-square of draws against probabilities; classes of an expectation below 30 are put together.
template <class Draw>
double chi_square(std::int64_t n, const std::function<double(std::int64_t)>& probability, const Draw& draw) {
    constexpr int samples = 200'000;
    std::map<std::int64_t, std::int64_t> seen;
    for (int i = 0; i < samples; ++i) ++seen[draw(i)];
    double chi = 0.0, expected = 0.0, found = 0.0;
    for (std::int64_t k = 0; k <= n; ++k) {
        expected += samples * probability(k);
        found += static_cast<double>(seen[k]);
        if (expected < 9000.0 && k < n) continue;
        if (expected > 5.0) chi += (found - expected) * (found - expected) / expected;
        expected = found = 0.0;
    }
    return chi;
}

class Binomial : public testing::TestWithParam<std::pair<std::int64_t, double>> {};

TEST_P(Binomial, HasItsProbabilities) {
    const auto [n, p] = GetParam();
    const Key key = key_of(7, 1);

    const double chi = chi_square(
        n,
        [n = n, p = p](std::int64_t k) {
            return std::exp(std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0) + k * std::log(p) +
                            (n - k) * std::log1p(-p));
        },
        [&, n = n, p = p](int i) { return Draws(key, CounterId(i), 3, 5).binomial(n, p); });

    EXPECT_LT(chi, 60.0);
}

INSTANTIATE_TEST_SUITE_P(SmallAndLarge, Binomial,
                         testing::Values(std::pair{9l, 0.3}, std::pair{30l, 0.9}, std::pair{40l, 0.4},
                                         std::pair{1000l, 0.005}, std::pair{1000l, 0.25}, std::pair{200000l, 0.0002},
                                         std::pair{5000l, 0.7}));

TEST(Poisson, HasItsProbabilities) {
    const Key key = key_of(8, 1);
    for (const double mean : {0.3, 4.0, 12.0, 150.0}) {
        const double chi = chi_square(
            400, [&](std::int64_t k) { return std::exp(-mean + k * std::log(mean) - std::lgamma(k + 1.0)); },
            [&](int i) { return Draws(key, CounterId(i), 3, 5).poisson(mean); });

        EXPECT_LT(chi, 60.0) << mean;
    }
}

TEST(Draws, DifferForEveryPartOfTheirName) {
    const Key key = key_of(1, 1);
    const auto bits = Draws(key, CounterId(10), 2, 3, 4).bits();

    EXPECT_EQ(Draws(key, CounterId(10), 2, 3, 4).bits(), bits);
    EXPECT_NE(Draws(key_of(2, 1), CounterId(10), 2, 3, 4).bits(), bits);
    EXPECT_NE(Draws(key_of(1, 2), CounterId(10), 2, 3, 4).bits(), bits);
    EXPECT_NE(Draws(key, CounterId(11), 2, 3, 4).bits(), bits);
    EXPECT_NE(Draws(key, CounterId(10 + (1ll << 32)), 2, 3, 4).bits(), bits);
    EXPECT_NE(Draws(key, CounterId(10), 3, 3, 4).bits(), bits);
    EXPECT_NE(Draws(key, CounterId(10), 2, 4, 4).bits(), bits);
    EXPECT_NE(Draws(key, CounterId(10), 2, 3 + (1ll << 32), 4).bits(), bits);
    EXPECT_NE(Draws(key, CounterId(10), 2, 3, 5).bits(), bits);
}

TEST(Rounded, KeepsTheMean) {
    double sum = 0.0;
    for (int i = 0; i < 100'000; ++i) {
        Draws draws(key_of(1, 1), CounterId(i), 0, 0);
        const auto n = rounded(3.3, draws);
        ASSERT_TRUE(n == 3 || n == 4);
        sum += static_cast<double>(n);
    }
    EXPECT_NEAR(sum / 100'000, 3.3, 5.0 * 0.46 / std::sqrt(100'000));  // five deviations
}

}  // namespace
