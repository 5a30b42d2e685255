// Every input module, from the words of a simulation config to the voltage of a cell of which everything is known: the implicit Euler
// step of one passive compartment, v' = (v + dt/tau (E + R I(t + dt/2))) / (1 + dt/tau), with the current that the module's
// definition gives. Reports are float32: bounds are its rounding of -70 mV.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numbers>

#include "solvers/neuron/engine/waveform.hpp"
#include "solvers/neuron/inputs/signal.hpp"
#include "tests/unit/neuron/passive_circuit.hpp"

namespace ngv::neuron {
namespace {

using ::testing::HasSubstr;
using P = PassiveCircuit;

constexpr double single = 70 * 6e-8 * 2;

/// The current (nA) or conductance (uS) at a time, of a cell.
using Drive = std::function<double(double t, int cell)>;

class InputModules : public ::testing::Test {
  protected:
    InputModules() : circuit_("input_modules") {}

    void expect_current(const std::string& input, const Drive& current) const {
        expect(input, [&](double v, double t, int cell) {
            return (v + P::dt / P::tau * (P::rest + P::resistance * current(t, cell))) / (1 + P::dt / P::tau);
        });
    }
    /// Of reversal potential `e` mV.
    void expect_conductance(const std::string& input, double e, const Drive& conductance) const {
        expect(input, [&](double v, double t, int cell) {
            const double g = P::resistance * conductance(t, cell);  // in units of the leak
            return (v + P::dt / P::tau * (P::rest + g * e)) / (1 + P::dt / P::tau * (1 + g));
        });
    }
    PassiveCircuit circuit_;

  private:
    void expect(const std::string& input, const std::function<double(double, double, int)>& step) const {
        const auto found =
            circuit_.soma_voltage(R"("a": {"node_set": "Balls", "delay": 5, "duration": 20, )" + input + "}");
        ASSERT_EQ(found.size(), 400u);
        double moved = 0;
        for (int cell = 0; cell < 3; ++cell) {
            double v = P::rest;
            for (std::size_t f = 0; f < found.size(); ++f) {
                ASSERT_NEAR(found[f][static_cast<std::size_t>(cell)], v, single * 4)
                    << "cell " << cell << " at " << static_cast<double>(f) * P::dt << " ms";
                moved = std::max(moved, std::abs(v - P::rest));
                v = step(v, (static_cast<double>(f) + 0.5) * P::dt, cell);
            }
        }
        EXPECT_GT(moved, 0.1) << "the input does something";
    }
};

bool on(double t) {
    return t > 5 && t < 25;
}
double played(const Signal& s, double t) {
    return Waveform::linear(s.times, s.values).at(t);
}

TEST_F(InputModules, LinearGoesFromOneCurrentToAnother) {
    expect_current(R"("module": "linear", "amp_start": 0.01, "amp_end": 0.03)",
                   [](double t, int) { return on(t) ? 0.01 + 0.02 * (t - 5) / 20 : 0; });
}

TEST_F(InputModules, LinearWithoutAnEndIsConstant) {
    expect_current(R"("module": "linear", "amp_start": -0.02)", [](double t, int) { return on(t) ? -0.02 : 0; });
}

TEST_F(InputModules, AnElectrodesCurrentMovesTheVoltageAlike) {
    expect_current(R"("module": "linear", "amp_start": 0.02, "represents_physical_electrode": true)",
                   [](double t, int) { return on(t) ? 0.02 : 0; });
}

TEST_F(InputModules, RelativeLinearIsAPercentageOfTheThresholdCurrent) {
    expect_current(R"("module": "relative_linear", "percent_start": 50, "percent_end": 150)",
                   [](double t, int cell) { return on(t) ? P::threshold[cell] * (0.5 + (t - 5) / 20) : 0; });
}

TEST_F(InputModules, SubthresholdIsAPercentageBelowTheThresholdCurrent) {
    expect_current(R"("module": "subthreshold", "percent_less": 20)",
                   [](double t, int cell) { return on(t) ? P::threshold[cell] * 0.8 : 0; });
}

TEST_F(InputModules, HyperpolarizingIsTheHoldingCurrent) {
    expect_current(R"("module": "hyperpolarizing")", [](double t, int cell) { return on(t) ? P::holding[cell] : 0; });
}

TEST_F(InputModules, PulsesComeFrequencyTimesASecond) {
    expect_current(R"("module": "pulse", "amp_start": 0.02, "width": 3, "frequency": 125)",
                   [](double t, int) { return on(t) && std::fmod(t - 5, 8) < 3 ? 0.02 : 0; });
}

TEST_F(InputModules, SinusoidalBeginsAtItsDelay) {
    expect_current(R"("module": "sinusoidal", "amp_start": 0.02, "frequency": 50, "dt": 0.05)", [](double t, int) {
        return on(t) ? 0.02 * std::sin(2 * std::numbers::pi * 0.05 * (t - 5)) : 0;  // samples fall on t + dt/2
    });
}

TEST_F(InputModules, NoiseIsDrawnFromTheStreamOfCellAndSeeds) {
    expect_current(R"("module": "noise", "mean": 0.01, "variance": 0.0001)", [](double t, int cell) {
        const NeuronRandom random(100, 503, static_cast<std::uint32_t>(cell) + 301, 7);
        return played(noise(5, 20, 0.01, 0.0001, 0.5, random, P::dt), t);
    });
}

TEST_F(InputModules, NoiseInPercentScalesMeanAndVarianceByTheThreshold) {
    expect_current(R"("module": "noise", "mean_percent": 50, "variance": 0.4)", [](double t, int cell) {
        const NeuronRandom random(100, 503, static_cast<std::uint32_t>(cell) + 301, 7);
        const double threshold = P::threshold[cell];
        return played(noise(5, 20, threshold * 0.5, threshold * 0.004, 0.5, random, P::dt), t);
    });
}

TEST_F(InputModules, OrnsteinUhlenbeckIsACurrent) {
    expect_current(R"("module": "ornstein_uhlenbeck", "tau": 3, "mean": 0.01, "sigma": 0.005)", [](double t, int cell) {
        const NeuronRandom random(2997, 291207, static_cast<std::uint32_t>(cell) + 124, 7);
        return played(ornstein_uhlenbeck(5, 20, 3, 0.005, 0.01, 0.25, random), t);
    });
}

TEST_F(InputModules, RelativeOrnsteinUhlenbeckRefersToTheThreshold) {
    expect_current(
        R"("module": "relative_ornstein_uhlenbeck", "tau": 3, "mean_percent": 80, "sd_percent": 30, "random_seed": 9)",
        [](double t, int cell) {
            const double unit = P::threshold[cell] / 100;
            const NeuronRandom random(2997, 291207, 9, 7);
            return played(ornstein_uhlenbeck(5, 20, 3, 30 * unit, 80 * unit, 0.25, random), t);
        });
}

TEST_F(InputModules, ShotNoiseHasRateAndAmplitudes) {
    expect_current(
        R"("module": "shot_noise", "rise_time": 0.5, "decay_time": 4, "rate": 300, "amp_mean": 0.02, "amp_var": 0.0001)",
        [](double t, int cell) {
            const NeuronRandom random(2997, 19219, static_cast<std::uint32_t>(cell) + 124, 7);
            return played(shot_noise(5, 20, {0.5, 4, 300, 0.02, 0.0001}, 0.25, random), t);
        });
}

TEST_F(InputModules, AbsoluteShotNoiseHasMeanAndDeviation) {
    expect_current(R"("module": "absolute_shot_noise", "rise_time": 0.5, "decay_time": 4, "mean": 0.02, "sigma": 0.01)",
                   [](double t, int cell) {
                       const NeuronRandom random(2997, 19219, static_cast<std::uint32_t>(cell) + 124, 7);
                       return played(shot_noise(5, 20, shot_noise_of(0.5, 4, 0.02, 0.01, 0.5), 0.25, random), t);
                   });
}

TEST_F(InputModules, RelativeShotNoiseRefersToTheThreshold) {
    expect_current(
        R"("module": "relative_shot_noise", "rise_time": 0.5, "decay_time": 4, "mean_percent": 70, "sd_percent": 40, "relative_skew": 0.3)",
        [](double t, int cell) {
            const double unit = P::threshold[cell] / 100;
            const NeuronRandom random(2997, 19219, static_cast<std::uint32_t>(cell) + 124, 7);
            return played(shot_noise(5, 20, shot_noise_of(0.5, 4, 70 * unit, 40 * unit, 0.3), 0.25, random), t);
        });
}

/// The series resistance is what is interpolated.
double conductance_of(const Signal& s, double t) {
    return 1 / played(resistance_of(s), t);
}

TEST_F(InputModules, AConductanceHasAReversalPotential) {
    for (const char* electrode : {"false", "true"})
        expect_conductance(
            fmt::format(
                R"("module": "ornstein_uhlenbeck", "input_type": "conductance", "tau": 3, "mean": 0.001, "sigma": 0.0002, "reversal": -20, "represents_physical_electrode": {})",
                electrode),
            -20, [](double t, int cell) {
                const NeuronRandom random(2997, 291207, static_cast<std::uint32_t>(cell) + 124, 7);
                return on(t) ? conductance_of(ornstein_uhlenbeck(5, 20, 3, 0.0002, 0.001, 0.25, random), t) : 0;
            });
}

TEST_F(InputModules, ARelativeConductanceRefersToTheInputResistance) {
    expect_conductance(
        R"("module": "relative_ornstein_uhlenbeck", "input_type": "conductance", "tau": 3, "mean_percent": 60, "sd_percent": 10, "reversal": 0)",
        0, [](double t, int cell) {
            const double unit = 0.01 / P::input_resistance[cell];
            const NeuronRandom random(2997, 291207, static_cast<std::uint32_t>(cell) + 124, 7);
            return on(t) ? conductance_of(ornstein_uhlenbeck(5, 20, 3, 10 * unit, 60 * unit, 0.25, random), t) : 0;
        });
}

TEST_F(InputModules, AVoltageClampHoldsItsLevelsFromTheStart) {
    const auto v = circuit_.soma_voltage(
        R"("a": {"module": "seclamp", "node_set": "Balls", "voltage": -60, "duration_levels": [10, 10], "voltage_levels": [-50, -80], "duration": 10})");

    const double held = P::resistance / (P::resistance + 0.01);  // what the series resistance leaves
    for (const auto& [frame, level] : {std::pair(90, -60.), {190, -50.}, {290, -80.}})
        EXPECT_NEAR(v[static_cast<std::size_t>(frame)][1], P::rest + held * (level - P::rest), 1e-4);
    // then the cell relaxes from -80 mV: implicit Euler from 30 ms on
    EXPECT_NEAR(v[350][1], P::rest + (v[300][1] - P::rest) * std::pow(1 + P::dt / P::tau, -50), single * 4);
}

TEST_F(InputModules, ASeriesResistanceKeepsACellFromItsClamp) {
    const double series = P::resistance / 3;  // the cell and the electrode share the voltage 3 to 1
    const auto v = circuit_.soma_voltage(fmt::format(
        R"("a": {{"module": "seclamp", "node_set": "Balls", "voltage": -50, "duration_levels": [], "voltage_levels": [], "duration": 10, "series_resistance": {}}})",
        series));

    const double steady = P::rest + 0.75 * (-50 - P::rest);
    for (const int frame : {1, 20, 90})
        EXPECT_NEAR(v[static_cast<std::size_t>(frame)][1],
                    steady + (P::rest - steady) * std::pow(1 + 4 * P::dt / P::tau, -frame), 4 * single);
}

TEST_F(InputModules, TheSecondInputOfAFamilyHasAnotherStream) {
    const char* noise =
        R"("module": "ornstein_uhlenbeck", "node_set": "Balls", "tau": 3, "mean": 0.01, "sigma": 0.005)";
    const auto one = circuit_.soma_voltage(fmt::format(R"("a": {{{}}})", noise)),
               two = circuit_.soma_voltage(fmt::format(R"("a": {{{0}}}, "b": {{{0}}})", noise));

    double same = 0, twice = 0;
    for (std::size_t f = 0; f < one.size(); ++f) {
        same = std::max(same, std::abs(two[f][0] - P::rest - 2 * (one[f][0] - P::rest)));
        twice = std::max(twice, std::abs(two[f][0] - P::rest));
    }
    EXPECT_GT(same, 0.1);
    EXPECT_GT(twice, 5);
}

TEST(ChannelStreams, TheSeedOfIonChannelsChoosesTheirStreamsAlone) {
    PassiveCircuit circuit(
        "channel_streams", "1 1 0 0 0 10 -1\n",
        "ball: {mechanisms: {all: [pas, StochKv3]}, values: {all: {Ra: 100, cm: 1, g_pas: 1e-4, e_pas: -40, "
        "ek: -90, gkbar_StochKv3: 0.01}}}\n");
    const auto voltage = [&](const char* keys) {
        circuit.run_keys = keys;
        return circuit.soma_voltage("");
    };
    const auto first = voltage(R"("ionchannel_seed": 1)");
    EXPECT_EQ(voltage(R"("ionchannel_seed": 1, "stimulus_seed": 5, "synapse_seed": 6, "minis_seed": 7)"), first);
    EXPECT_NE(voltage(R"("ionchannel_seed": 2)"), first);
}

TEST_F(InputModules, OnlyTheNodeSetIsReached) {
    const auto v = circuit_.soma_voltage(R"("a": {"module": "linear", "node_set": "First", "amp_start": 0.01})");

    EXPECT_GT(v[300][0], P::rest + 1);
    EXPECT_EQ(v[300][1], P::rest);
}

TEST_F(InputModules, ANodeSetMayBeWrittenInPlace) {
    const auto v = circuit_.soma_voltage(
        R"("a": {"module": "linear", "node_set": {"population": "balls", "kind": "large"}, "amp_start": 0.01})");

    EXPECT_EQ(v[300][0], P::rest);
    EXPECT_GT(v[300][2], P::rest + 1);
}

TEST_F(InputModules, MistakesAreNamedWithFileAndLine) {
    const auto problem = [&](const std::string& input) {
        return circuit_.problem(R"("a": {"node_set": "Balls", "delay": 1, "duration": 9, )" + input + "}");
    };

    EXPECT_THAT(problem(R"("module": "pulse", "amp_start": 1, "width": 20, "frequency": 100)"),
                HasSubstr("simulation.json:5: 20 ms is longer than the period 10 ms"));
    EXPECT_THAT(problem(R"("module": "linear", "amp_strat": 1)"), HasSubstr("did you mean 'amp_start'?"));
    EXPECT_THAT(problem(R"("module": "noise", "mean": 1, "variance": -1)"),
                HasSubstr("variance is -1, expected a positive number"));
    EXPECT_THAT(
        problem(R"("module": "shot_noise", "rise_time": 4, "decay_time": 4, "rate": 1, "amp_mean": 1, "amp_var": 1)"),
        HasSubstr("rise_time 4 ms is not below decay_time 4 ms"));
    EXPECT_THAT(circuit_.problem(R"("a": {"module": "linear", "node_set": "Balls", "amp_start": 1, "delay": -1})"),
                HasSubstr("a delay of -1 ms, expected 0 or more"));
    EXPECT_THAT(problem(R"("module": "seclamp", "voltage": 0, "duration_levels": [1, 2, 3], "voltage_levels": [1])"),
                HasSubstr("2 voltages and 3 durations"));
    EXPECT_THAT(circuit_.problem(R"("a": {"module": "linear", "amp_start": 1})"),
                HasSubstr("needs either a node_set or a compartment_set"));
}

}  // namespace
}  // namespace ngv::neuron
