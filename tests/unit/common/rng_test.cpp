#include "solvers/common/rng.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

using namespace ngv;

namespace {

constexpr std::int64_t n = 20000;

struct Moments {
    double mean = 0, variance = 0;
};

template <class F>
Moments moments(F&& draw) {
    double sum = 0, squares = 0;
    for (std::int64_t i = 0; i < n; ++i) {
        const double x = draw(i);
        sum += x;
        squares += x * x;
    }
    return {sum / n, squares / n - sum * sum / n / n};
}

}  // namespace

TEST(Random, TheSameKeyGivesTheSameNumberAndAnyOtherKeyAnother) {
    const auto p = purpose("test"), q = purpose("other");
    const std::set<double> numbers = {Random(1, p, 2, 3).uniform(),
                                      Random(2, p, 2, 3).uniform(),
                                      Random(1, q, 2, 3).uniform(),
                                      Random(1, p, 4, 3).uniform(),
                                      Random(1, p, 2, 4).uniform(),
                                      Random(1, p, 2, 3).uniform(1),
                                      Random(1, p, 2 + (1LL << 40), 3).uniform()};

    EXPECT_EQ(numbers.size(), 7u);
    EXPECT_EQ(Random(1, p, 2, 3).uniform(), Random(1, p, 2, 3).uniform());
}

// Five standard errors of the mean and of the variance: a wrong alarm once in a million runs, and the seed is fixed.
TEST(Random, UniformNormalAndExponentialHaveTheirMoments) {
    const auto p = purpose("moments");
    const auto u = moments([&](auto i) { return Random(7, p, i).uniform(); });
    const auto g = moments([&](auto i) { return Random(7, p, i).normal(); });
    const auto e = moments([&](auto i) { return Random(7, p, i).exponential(); });

    EXPECT_NEAR(u.mean, 0.5, 5 * std::sqrt(1 / 12.0 / n));
    EXPECT_NEAR(u.variance, 1 / 12.0, 5 * std::sqrt(1 / 180.0 / n));
    EXPECT_NEAR(g.mean, 0, 5 / std::sqrt(n));
    EXPECT_NEAR(g.variance, 1, 5 * std::sqrt(2.0 / n));
    EXPECT_NEAR(e.mean, 1, 5 / std::sqrt(n));
    EXPECT_NEAR(e.variance, 1, 5 * std::sqrt(8.0 / n));
}

TEST(Random, PoissonHasItsMeanAsVarianceForSmallAndLargeMeans) {
    for (double mean : {0.0, 0.01, 3.0, 32.0, 100.0}) {
        const auto m =
            moments([&](auto i) { return static_cast<double>(Random(11, purpose("poisson"), i, 5).poisson(mean)); });

        EXPECT_NEAR(m.mean, mean, 5 * std::sqrt(mean / n)) << mean;
        EXPECT_NEAR(m.variance, mean, 5 * std::sqrt((mean + 2 * mean * mean) / n)) << mean;
    }
}

TEST(Random, IntegersCoverTheirRange) {
    std::set<std::int64_t> seen;
    for (int i = 0; i < 200; ++i) seen.insert(Random(1, purpose("integers"), i).integer(6));

    EXPECT_EQ(seen, (std::set<std::int64_t>{0, 1, 2, 3, 4, 5}));
}
