// Input modules without random numbers, as a cell feels them: values, units, beginnings and ends.
#include <gtest/gtest.h>

#include <numbers>

#include "ngv/error.hpp"
#include "tests/unit/neuron/felt_current.hpp"

namespace ngv::neuron {
namespace {

using test::FeltInput;

constexpr double round_off = 1e-9;  // nA; of differences of voltages over a step

/// The current between two times is `expected(t)`, and nothing outside.
template <class F>
void expect_between(const FeltInput& input, double begin, double end, F&& expected, double tolerance = round_off) {
    for (std::size_t k = 0; k < input.current.size(); ++k) {
        const double t = input.time(k);
        ASSERT_NEAR(input.current[k], t > begin && t < end ? expected(t) : 0, tolerance) << "at " << t << " ms";
    }
}

TEST(SonataInputs, LinearGoesFromOneCurrentToAnother) {
    const FeltInput input(
        R"("i": {"module": "linear", "node_set": "cells", "delay": 5, "duration": 20, "amp_start": 0.1, "amp_end": 0.3})");
    expect_between(input, 5, 25, [](double t) { return 0.1 + 0.2 * (t - 5) / 20; });
}

TEST(SonataInputs, LinearIsConstantWithoutAnEnd) {
    const FeltInput input(
        R"("i": {"module": "linear", "node_set": "cells", "delay": 0, "duration": 7, "amp_start": -0.4})");
    expect_between(input, 0, 7, [](double) { return -0.4; });
}

TEST(SonataInputs, RelativeLinearIsInPercentOfTheThresholdCurrent) {
    const FeltInput input(
        R"("i": {"module": "relative_linear", "node_set": "cells", "delay": 5, "duration": 20, "percent_start": 50, "percent_end": 150})");
    expect_between(input, 5, 25, [](double t) { return 0.2 * (0.5 + (t - 5) / 20); });
}

TEST(SonataInputs, PulsesComeWithTheirFrequencyAndTheLastIsCut) {
    const FeltInput input(
        R"("i": {"module": "pulse", "node_set": "cells", "delay": 3, "duration": 31, "amp_start": 0.2, "width": 2, "frequency": 100})");
    expect_between(input, 3, 34, [](double t) { return std::fmod(t - 3, 10) < 2 ? 0.2 : 0; });
}

TEST(SonataInputs, SinesAreSampledAndInterpolated) {
    const FeltInput input(
        R"("i": {"module": "sinusoidal", "node_set": "cells", "delay": 4, "duration": 30, "amp_start": 0.3, "frequency": 50, "dt": 0.1})");
    const double w = 2 * std::numbers::pi * 0.05;
    // error of linear interpolation: (step w)^2/8 of the amplitude
    expect_between(
        input, 4, 34, [&](double t) { return 0.3 * std::sin(w * (t - 4)); },
        0.3 * std::pow(0.1 * w, 2) / 8 + round_off);
}

TEST(SonataInputs, SubthresholdIsSoManyPercentBelowTheThreshold) {
    const FeltInput input(
        R"("i": {"module": "subthreshold", "node_set": "cells", "delay": 1, "duration": 9, "percent_less": 20})");
    expect_between(input, 1, 10, [](double) { return 0.8 * 0.2; });
}

TEST(SonataInputs, HyperpolarizingIsTheHoldingCurrent) {
    const FeltInput input(R"("i": {"module": "hyperpolarizing", "node_set": "cells", "delay": 1, "duration": 9})");
    expect_between(input, 1, 10, [](double) { return -0.05; });
}

TEST(SonataInputs, SeveralInputsAddUp) {
    const FeltInput input(
        R"("a": {"module": "linear", "node_set": "cells", "delay": 0, "duration": 50, "amp_start": 0.1},
           "b": {"module": "linear", "node_set": "cells", "delay": 0, "duration": 50, "amp_start": 0.2, "represents_physical_electrode": true})");
    expect_between(input, 0, 50, [](double) { return 0.3; });
}

TEST(SonataInputs, AVoltageClampHoldsItsLevelsFromTheStart) {
    // against a leak of 0.3 nS and the membrane's capacity: off by less than their currents times 0.01 MOhm after a step
    const FeltInput input(
        R"("i": {"module": "seclamp", "node_set": "cells", "voltage": -70, "duration_levels": [10, 20], "voltage_levels": [-20, 10], "duration": 20})");
    for (std::size_t k = 1; k < input.v.size(); ++k) {
        const double t = 0.025 * static_cast<double>(k);
        if (t < 10) {
            EXPECT_NEAR(input.v[k], -70, 1) << t;
        }
        if (t > 10.1 && t < 30) {
            EXPECT_NEAR(input.v[k], -20, 1e-3) << t;
        }
        if (t > 30.1 && t < 50) {
            EXPECT_NEAR(input.v[k], 10, 1e-3) << t;
        }
    }
}

TEST(SonataInputs, WhatIsMissingOrWrongIsNamed) {
    const auto problem = [](const std::string& inputs) {
        try {
            FeltInput input(inputs, {.tstop = 1});
        } catch (const UserError& e) {
            return std::string(e.what());
        }
        return std::string();
    };

    EXPECT_NE(
        problem(R"("i": {"module": "linear", "node_set": "cells", "amp_strat": 1})").find("did you mean 'amp_start'?"),
        std::string::npos);
    EXPECT_NE(problem(R"("i": {"module": "pulse", "node_set": "cells", "amp_start": 1, "width": 11, "frequency": 100})")
                  .find("longer than the period 10 ms"),
              std::string::npos);
    EXPECT_NE(problem(R"("i": {"module": "noise", "node_set": "cells", "mean": 1, "variance": -1})")
                  .find("expected a positive number"),
              std::string::npos);
    EXPECT_NE(problem(R"("i": {"module": "spatially_uniform_e_field", "node_set": "cells", "fields": []})")
                  .find("has no fields"),
              std::string::npos);
}

}  // namespace
}  // namespace ngv::neuron
