#include "solvers/neuron/inputs/signal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "ngv/error.hpp"
#include "tests/unit/neuron/reference_table.hpp"

namespace ngv::neuron {
namespace {

using ::testing::ElementsAre;

TEST(NeuronRandom, NumbersEqualNeuronsToTheLastBit) {
    NEED_REFERENCE_TABLE(rows, "c11_random123.csv");
    int compared = 0;
    for (std::size_t r = 0; r < rows.size(); ++r) {
        std::string kind = rows.text("distribution", r);
        std::uint32_t global = 0;
        if (const auto at = kind.find("@globalindex="); at != std::string::npos) {
            global = static_cast<std::uint32_t>(std::stoul(kind.substr(at + 13)));
            kind = kind.substr(0, at);
        }
        const auto id = [&](const char* column) { return static_cast<std::uint32_t>(rows.number(column, r)); };
        NeuronRandom random(id("id1"), id("id2"), id("id3"), global);
        NormalPairs normal;
        for (const char* column : {"x0", "x1", "x2", "x3", "x4", "x5"}) {
            const double expected = rows.number(column, r);
            if (kind == "ipick_u32")
                EXPECT_EQ(random.bits(), expected);
            else if (kind == "dblpick" || kind == "hocRandom.uniform(0,1)")
                EXPECT_EQ(random.uniform(), expected);
            else if (kind == "negexp")
                EXPECT_EQ(random.exponential(), expected);
            else if (kind == "normal")
                EXPECT_EQ(polar_normal(random), expected);
            else if (kind == "hocRandom.normal(0,1) [2nd arg is VARIANCE]")
                EXPECT_EQ(normal(random), expected);
            else if (kind == "hocRandom.normal(2,4)")
                EXPECT_EQ(normal(random) * 2 + 2, expected);
            else
                continue;
            ++compared;
        }
    }
    EXPECT_GE(compared, 6 * 22);
}

TEST(Signal, ARampBeginsAndEndsAtZero) {
    const Signal s = ramp(10, 50, 0.1, 0.3);

    EXPECT_THAT(s.times, ElementsAre(0, 10, 10, 60, 60));
    EXPECT_THAT(s.values, ElementsAre(0, 0, 0.1, 0.3, 0));
    EXPECT_THAT(ramp(0, 1, 2, 3).times, ElementsAre(0, 0, 1, 1));
}

TEST(Signal, TheLastPulseMayBeCut) {
    const Signal s = pulses(5, 27, 2, 10, 50);  // every 20 ms for 10 ms; 7 ms are left

    EXPECT_THAT(s.times, ElementsAre(0, 5, 5, 15, 15, 25, 25, 32, 32, 32));
    EXPECT_THAT(s.values, ElementsAre(0, 0, 2, 2, 0, 0, 2, 2, 0, 0));
}

TEST(Signal, ASineIsSampled) {
    const Signal s = sine(0, 10, 3, 100, 2.5);

    EXPECT_THAT(s.times, ElementsAre(0, 2.5, 5, 7.5, 10, 10));
    EXPECT_NEAR(s.values[1], 3, 1e-12);
    EXPECT_NEAR(s.values[3], -3, 1e-12);
    EXPECT_EQ(s.values[5], 0);
}

double mean(const std::vector<double>& x) {
    return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}
double variance(const std::vector<double>& x) {
    const double m = mean(x);
    double sum = 0;
    for (double v : x) sum += (v - m) * (v - m);
    return sum / static_cast<double>(x.size());
}
/// The samples without the points around them.
std::vector<double> samples(const Signal& s, std::size_t before) {
    return {s.values.begin() + static_cast<std::ptrdiff_t>(before), s.values.end() - 1};
}

TEST(Signal, NoiseHasItsMeanAndVariance) {
    const auto x = samples(noise(0, 10000, 1.5, 0.04, 0.5, NeuronRandom(100, 500, 301, 7), 0.025), 1);

    // 20001 numbers, fixed seed; five standard errors
    ASSERT_EQ(x.size(), 20001u);
    EXPECT_NEAR(mean(x), 1.5, 5 * 0.2 / std::sqrt(20001.));
    EXPECT_NEAR(variance(x), 0.04, 5 * 0.04 * std::sqrt(2. / 20001));
}

TEST(Signal, NumbersOfTheDelayAreDrawnAndDropped) {
    const auto now = noise(0, 100, 0, 1, 0.5, NeuronRandom(1, 2, 3), 0.1);
    const auto later = noise(10, 100, 0, 1, 0.5, NeuronRandom(1, 2, 3), 0.1);  // 0 to 9.9: 20 numbers

    EXPECT_EQ(later.values[2], now.values[21]);
    EXPECT_EQ(later.values[3], now.values[22]);
}

TEST(Signal, OrnsteinUhlenbeckForgetsInTau) {
    const auto x = samples(ornstein_uhlenbeck(0, 100000, 5, 0.3, 1, 0.25, NeuronRandom(2997, 291204, 124)), 1);

    // effective sample size 1e5 ms / (2 tau) = 1e4; five standard errors
    EXPECT_NEAR(mean(x), 1, 5 * 0.3 / 100);
    EXPECT_NEAR(variance(x), 0.09, 5 * 0.09 * std::sqrt(2.) / 100);
    double lag = 0;
    for (std::size_t i = 20; i < x.size(); ++i) lag += (x[i] - 1) * (x[i - 20] - 1);
    EXPECT_NEAR(lag / static_cast<double>(x.size() - 20) / 0.09, std::exp(-1), 0.07);
}

TEST(Signal, ShotNoiseHasTheMeanAndDeviationAskedFor) {
    const ShotNoise shots = shot_noise_of(0.4, 4, 0.5, 0.2, 0.5);
    const auto x = samples(shot_noise(0, 50000, shots, 0.25, NeuronRandom(2997, 19216, 124)), 1);

    // correlation time about 4 ms: 50000 / 8 = 6250 independent values; five standard errors, and the step's coarseness (2 %)
    EXPECT_NEAR(mean(x), 0.5, 5 * 0.2 / std::sqrt(6250.) + 0.01);
    EXPECT_NEAR(std::sqrt(variance(x)), 0.2, 0.2 * (5 / std::sqrt(2 * 6250.) + 0.03));
}

TEST(Signal, ShotNoiseReachesItsEndHoweverFewEventsThereAre) {
    for (std::uint32_t seed = 0; seed < 200; ++seed) {
        const Signal s = shot_noise(0, 3000, {0.5, 5, 1, 1, 0.1}, 0.25, NeuronRandom(seed, 1, 2));

        EXPECT_EQ(s.times.back(), 3000);
    }
}

TEST(Signal, GammaNumbersHaveTheirMoments) {
    for (double shape : {0.4, 3.0}) {
        NeuronRandom random(5, 6, 7);
        const auto x = gamma_numbers(random, shape, 2, 20000);

        EXPECT_NEAR(mean(x), 2 * shape, 5 * 2 * std::sqrt(shape / 20000));
        EXPECT_NEAR(variance(x), 4 * shape, 5 * 4 * shape * std::sqrt((2 + 6 / shape) / 20000));
    }
}

TEST(Signal, AConductanceIsPlayedAsAResistance) {
    const Signal s = resistance_of(ramp(2, 3, 0.5, 0.5));

    EXPECT_THAT(s.times, ElementsAre(0, 0, 2, 2, 5, 5));
    EXPECT_THAT(s.values, ElementsAre(1e9, 1e9, 1e9, 2, 2, 1e9));
}

}  // namespace
}  // namespace ngv::neuron
