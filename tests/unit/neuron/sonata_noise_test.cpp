// Random input modules, as a cell feels them: means, variances and correlations with their units. Seeds are fixed; bounds are five standard
// errors, which another seed would break once in 1.7 million draws.
#include <gtest/gtest.h>

#include <numeric>

#include "tests/unit/neuron/felt_current.hpp"

namespace ngv::neuron {
namespace {

using test::FeltInput;

struct Moments {
    double mean = 0, sd = 0;
};

Moments moments(const std::vector<double>& x) {
    Moments m;
    for (double v : x) m.mean += v / static_cast<double>(x.size());
    for (double v : x) m.sd += (v - m.mean) * (v - m.mean) / static_cast<double>(x.size());
    m.sd = std::sqrt(m.sd);
    return m;
}

/// Bounds for `independent` values.
void expect_moments(const std::vector<double>& x, double mean, double sd, double independent, double coarseness = 0) {
    const Moments m = moments(x);
    EXPECT_NEAR(m.mean, mean, 5 * sd / std::sqrt(independent) + coarseness * std::abs(mean));
    EXPECT_NEAR(m.sd, sd, 5 * sd / std::sqrt(2 * independent) + coarseness * sd);
}

/// The middle of each step of 1 ms is a sample of a signal with steps of 0.5 ms.
constexpr double step = 1, tstop = 8000;

TEST(SonataNoise, NoiseHasItsMeanAndVariance) {
    const FeltInput input(R"("i": {"module": "noise", "node_set": "cells", "mean": 0.3, "variance": 0.01})",
                          {tstop, step});
    expect_moments(input.current, 0.3, 0.1, tstop);
}

TEST(SonataNoise, PercentOfNoiseAreOfTheThresholdCurrentForMeanAndVariance) {
    const FeltInput input(R"("i": {"module": "noise", "node_set": "cells", "mean_percent": 80, "variance": 2})",
                          {tstop, step});
    expect_moments(input.current, 0.8 * 0.2, std::sqrt(0.02 * 0.2), tstop);  // neurodamus' units
}

TEST(SonataNoise, NoiseBetweenItsSamplesIsInterpolated) {
    const FeltInput input(R"("i": {"module": "noise", "node_set": "cells", "mean": 0.3, "variance": 0.01})",
                          {200, 0.1});
    // within a sample's half millisecond the middles of five steps lie on a line
    for (std::size_t k = 0; k + 4 < input.current.size(); k += 5)
        for (std::size_t i = 1; i < 4; ++i)
            EXPECT_NEAR(input.current[k + i + 1] - 2 * input.current[k + i] + input.current[k + i - 1], 0, 1e-8) << k;
}

TEST(SonataNoise, AnotherSeedIsAnotherSequence) {
    const std::string inputs = R"("i": {"module": "noise", "node_set": "cells", "mean": 0.3, "variance": 0.01})";
    EXPECT_EQ(FeltInput(inputs, {100, step}).current, FeltInput(inputs, {100, step}).current);
    EXPECT_NE(FeltInput(inputs, {100, step}).current, FeltInput(inputs, {.tstop = 100, .dt = step, .seed = 2}).current);
}

TEST(SonataNoise, OrnsteinUhlenbeckHasItsMomentsAndForgetsInTau) {
    const FeltInput input(
        R"("i": {"module": "ornstein_uhlenbeck", "node_set": "cells", "tau": 4, "mean": 0.1, "sigma": 0.05, "dt": 0.5})",
        {tstop, step});
    const double independent = tstop / (2 * 4);
    expect_moments(input.current, 0.1, 0.05, independent);
    double lag = 0;
    for (std::size_t k = 4; k < input.current.size(); ++k)
        lag += (input.current[k] - 0.1) * (input.current[k - 4] - 0.1) / (0.05 * 0.05);
    EXPECT_NEAR(lag / static_cast<double>(input.current.size() - 4), std::exp(-1), 5 / std::sqrt(independent));
}

TEST(SonataNoise, RelativeOrnsteinUhlenbeckIsInPercentOfTheThresholdCurrent) {
    const FeltInput input(
        R"("i": {"module": "relative_ornstein_uhlenbeck", "node_set": "cells", "tau": 4, "mean_percent": 50, "sd_percent": 20, "dt": 0.5})",
        {tstop, step});
    expect_moments(input.current, 0.1, 0.04, tstop / 8);
}

TEST(SonataNoise, OrnsteinUhlenbeckAsAConductance) {
    const FeltInput input(
        R"("i": {"module": "ornstein_uhlenbeck", "input_type": "conductance", "node_set": "cells", "tau": 4, "mean": 0.1, "sigma": 0.01,
                 "reversal": -70, "dt": 0.5})",
        {tstop, step});
    std::vector<double> g;
    for (std::size_t k = 0; k < input.current.size(); ++k) g.push_back(input.conductance(k, -70));
    // 1/g is what is interpolated: its curvature adds (sd/mean)^2 of the mean at most
    expect_moments(g, 0.1, 0.01, tstop / 8, 0.01);
}

TEST(SonataNoise, RelativeConductancesAreInPercentOfTheInputConductance) {
    const FeltInput input(
        R"("i": {"module": "relative_ornstein_uhlenbeck", "input_type": "conductance", "node_set": "cells", "tau": 4, "mean_percent": 100,
                 "sd_percent": 10, "reversal": -70, "dt": 0.5})",
        {tstop, step});
    std::vector<double> g;
    for (std::size_t k = 0; k < input.current.size(); ++k) g.push_back(input.conductance(k, -70));
    expect_moments(g, 1 / 250., 0.1 / 250, tstop / 8, 0.01);
}

/// Campbell's theorem for pulses of unit peak with a rise of 0.5 and a decay of 4 ms: integrals of the pulse and of its square, ms.
struct Pulse {
    double first, second;
};
Pulse pulse_integrals(double rise, double decay) {
    const double peak = std::log(decay / rise) * rise * decay / (decay - rise);
    const double height = std::exp(-peak / decay) - std::exp(-peak / rise);
    return {(decay - rise) / height, (decay / 2 + rise / 2 - 2 * rise * decay / (rise + decay)) / (height * height)};
}

TEST(SonataNoise, ShotNoiseHasTheMomentsOfItsPulses) {
    const FeltInput input(
        R"("i": {"module": "shot_noise", "node_set": "cells", "rise_time": 0.5, "decay_time": 4, "rate": 300, "amp_mean": 0.05, "amp_var": 0.0005, "dt": 0.1})",
        {tstop, step});
    const Pulse p = pulse_integrals(0.5, 4);
    const double mean = 0.3 * 0.05 * p.first, variance = 0.3 * (0.05 * 0.05 + 0.0005) * p.second;
    // 2 tau of memory; pulses begin on the grid of 0.1 ms: 2 % of the rise
    expect_moments(input.current, mean, std::sqrt(variance), tstop / 8, 0.02);
}

TEST(SonataNoise, AbsoluteShotNoiseHasTheMomentsAskedFor) {
    const FeltInput input(
        R"("i": {"module": "absolute_shot_noise", "node_set": "cells", "rise_time": 0.5, "decay_time": 4, "mean": 0.2, "sigma": 0.08, "dt": 0.1})",
        {tstop, step});
    expect_moments(input.current, 0.2, 0.08, tstop / 8, 0.02);
}

TEST(SonataNoise, RelativeShotNoiseIsInPercentOfTheThresholdCurrent) {
    const FeltInput input(
        R"("i": {"module": "relative_shot_noise", "node_set": "cells", "rise_time": 0.5, "decay_time": 4, "mean_percent": 100, "sd_percent": 40, "dt": 0.1})",
        {tstop, step});
    expect_moments(input.current, 0.2, 0.08, tstop / 8, 0.02);
}

TEST(SonataNoise, ShotNoiseAsAConductanceDepolarises) {
    const FeltInput input(
        R"("i": {"module": "relative_shot_noise", "input_type": "conductance", "node_set": "cells", "rise_time": 0.5, "decay_time": 4,
                 "mean_percent": 100, "sd_percent": 30, "reversal": 10, "dt": 0.1})",
        {tstop, step});
    std::vector<double> g;
    for (std::size_t k = 0; k < input.current.size(); ++k) g.push_back(input.conductance(k, 10));
    expect_moments(g, 1 / 250., 0.3 / 250, tstop / 8, 0.03);
}

}  // namespace
}  // namespace ngv::neuron
