// When a spike is: at the end of the step in which the voltage has crossed the threshold, as in NEURON, or where it crosses it.
#include <gtest/gtest.h>

#include <cmath>

#include "solvers/common/spikes.hpp"
#include "solvers/neuron/standalone.hpp"
#include "tests/unit/neuron/passive_circuit.hpp"

namespace ngv::neuron {

TEST(SpikeTimes, InterpolatedOnesLieWhereTheVoltageCrosses) {
    PassiveCircuit circuit("spike_times");
    constexpr double threshold = -65, current = 0.01;  // mV, nA
    circuit.run_keys = R"("spike_threshold": -65)";
    const auto out = circuit.run(R"("a": {"module": "linear", "node_set": "First", "amp_start": 0.01})",
                                 R"("reports": {"v": {"cells": "Balls", "variable_name": "v", "dt": 0.1}})");
    const auto by_step = read_spikes(out / "out.h5", "balls");
    const auto v = report_frames(out / "v.h5");

    run_standalone(MPI_COMM_SELF, circuit.folder() / "simulation.json", circuit.folder() / "interpolated",
                   {.cells = {circuit.folder() / "cells.yaml"}, .interpolate_spikes = true});
    const auto interpolated = read_spikes(circuit.folder() / "interpolated/out.h5", "balls");

    ASSERT_EQ(by_step.size(), 1u);
    ASSERT_EQ(interpolated.size(), 1u);
    std::size_t after = 1;
    while (v[after][0] <= threshold) ++after;
    const double part = (v[after][0] - threshold) / (v[after][0] - v[after - 1][0]);
    constexpr double dt = PassiveCircuit::dt;
    EXPECT_NEAR(by_step[0].time_ms, static_cast<double>(after) * dt, 1e-9);
    EXPECT_NEAR(interpolated[0].time_ms, (static_cast<double>(after) - part) * dt,
                1e-5);  // reports are of single precision
    // the sphere itself crosses at -tau log(1 - 5 mV / (R I)); implicit Euler is late by 0.5 dt on the way there
    const double exact = -PassiveCircuit::tau *
                         std::log(1 - (threshold - PassiveCircuit::rest) / (PassiveCircuit::resistance * current));
    EXPECT_NEAR(interpolated[0].time_ms, exact, dt);
    EXPECT_LE(interpolated[0].time_ms, by_step[0].time_ms);
}

}  // namespace ngv::neuron
