// spatially_uniform_e_field: a straight cable against the cable equation, ramps, oscillation, and cells that stand in another direction.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "solvers/neuron/engine/simulation.hpp"
#include "solvers/neuron/nmodl/catalogue.hpp"
#include "solvers/neuron/sonata/network.hpp"
#include "solvers/neuron/sonata/uniform_field.hpp"
#include "tests/unit/neuron/small_circuit.hpp"

namespace ngv::neuron {
namespace {

using test::SmallCircuit;

constexpr double length = 1000, diameter = 2, resistivity = 100, leak = 1e-4;       // um, um, Ohm cm, S/cm2
const double lambda = 1e4 * std::sqrt(diameter * 1e-4 / (4 * resistivity * leak));  // um

/// A cable along x, which may be turned; the soma is its first 0.1 um: sections hang on its middle.
struct Cable {
    std::unique_ptr<Network> network;
    std::unique_ptr<Simulation> simulation;
    const Blueprint* blueprint;
    std::int64_t gid;

    explicit Cable(const std::string& input, double nseg_length = 10, SmallCircuit::Numbers turn = {},
                   double dt = 1e9) {
        SmallCircuit c("field");
        c.morphology("cable", "1 1 0 0 0 1 -1\n2 1 0.1 0 0 1 1\n3 3 0.1 0 0 1 2\n4 3 1000 0 0 1 3\n");
        c.models("Cable: {nseg: {max_length: " + std::to_string(nseg_length) +
                 "}, mechanisms: {all: [pas]}, values: {all: {Ra: 100, cm: 1, g_pas: 1e-4, e_pas: 0}}}\n");
        turn["x"] = {500};
        c.nodes("cells", "biophysical", 1, turn, {{"morphology", "cable"}, {"model_template", "hoc:Cable"}});
        const auto config = SimulationConfig::load(c.simulation(
            "sim",
            R"("run": {"tstop": 100, "dt": )" + std::to_string(dt) +
                R"(, "random_seed": 1}, "conditions": {"v_init": 0}, "inputs": {"field": {"module": "spatially_uniform_e_field", "node_set": "cells", )" +
                input + "}}"));
        network = std::make_unique<Network>(
            MPI_COMM_SELF, config,
            NetworkOptions{.cells = c.cells().cells, .catalogues = {nmodl::own_catalogue("base").get()}});
        network->builder().expose("UniformField", "i");
        gid = network->cells().begin()->first;
        simulation = network->builder().build(MPI_COMM_SELF);
        blueprint = &simulation->blueprint(gid);
        simulation->initialise();
    }
    double v(std::size_t compartment) const {
        return *simulation->address({.gid = gid, .node = blueprint->node[compartment]});
    }
};

/// lambda^2 v'' = v with (v + e)' = 0 at both ends, e = E x.
double exact(double x, double field_mV_per_um) {
    return -field_mV_per_um * lambda * std::sinh((x - length / 2) / lambda) / std::cosh(length / (2 * lambda));
}

double middle(const Blueprint& b, std::size_t c) {
    const auto& p = b.pieces[c];
    return (p.front() + p[p.size() - 3]) / 2;
}

TEST(SonataField, ASealedCablePolarisesAsTheCableEquationSays) {
    double error[2];
    int i = 0;
    for (double h : {63., 21.}) {
        Cable cable(R"("delay": 0, "duration": 1e300, "fields": [{"Ex": 40, "Ey": 7, "Ez": -3}])", h);
        cable.simulation->advance(1);
        error[i] = 0;
        for (std::size_t c = 0; c < cable.blueprint->node.size(); ++c)
            error[i] = std::max(error[i], std::abs(cable.v(c) - exact(middle(*cable.blueprint, c), 0.04)));
        ++i;
    }

    EXPECT_GT(std::abs(exact(0, 0.04)), 10);  // mV
    EXPECT_LT(error[1], 2e-3);
    EXPECT_NEAR(std::log(error[0] / error[1]) / std::log(3), 2, 0.3);
}

TEST(SonataField, ACellThatStandsUpFeelsTheFieldAlongItself) {
    // a quarter turn about z: x becomes y
    const double s = std::sqrt(0.5);
    Cable lying(R"("delay": 0, "duration": 1e300, "fields": [{"Ex": 40, "Ey": 0, "Ez": 0}])");
    Cable standing(R"("delay": 0, "duration": 1e300, "fields": [{"Ex": 0, "Ey": 40, "Ez": 0}])", 10,
                   {{"orientation_w", {s}}, {"orientation_x", {0}}, {"orientation_y", {0}}, {"orientation_z", {s}}});
    for (auto* cable : {&lying, &standing}) cable->simulation->advance(1);

    for (std::size_t c = 0; c < lying.blueprint->node.size(); ++c) EXPECT_NEAR(standing.v(c), lying.v(c), 1e-6);
}

TEST(SonataField, FieldsOfOneInputAddUp) {
    Cable one(R"("delay": 0, "duration": 1e300, "fields": [{"Ex": 40, "Ey": 0, "Ez": 0}])");
    Cable two(
        R"("delay": 0, "duration": 1e300, "fields": [{"Ex": 100, "Ey": 0, "Ez": 0}, {"Ex": 60, "Ey": 0, "Ez": 0, "phase": 3.141592653589793}])");
    for (auto* cable : {&one, &two}) cable->simulation->advance(1);

    for (std::size_t c = 0; c < one.blueprint->node.size(); ++c) EXPECT_NEAR(two.v(c), one.v(c), 1e-9);
}

TEST(SonataField, RampsComeBesidesTheDurationAndTheFieldOscillates) {
    Cable cable(
        R"("delay": 2, "duration": 6, "ramp_up_time": 4, "ramp_down_time": 2, "fields": [{"Ex": 10, "Ey": 0, "Ez": 0, "frequency": 100, "phase": 0.3}])",
        40, {}, 0.025);
    // The current at the first node, by its mechanism.
    const auto expected = [](double t) {
        const double since = t - 2;
        const double ramp = since < 0 || since >= 12 ? 0 : since < 4 ? since / 4 : since <= 10 ? 1 : (12 - since) / 2;
        return ramp * std::cos(2 * std::numbers::pi * 0.1 * since + 0.3);
    };
    const Point first{0};
    const double amplitude = *cable.simulation->address({.variable = "amplitude", .point = first});
    ASSERT_NE(amplitude, 0);

    for (int step = 0; step < 700; ++step) {
        cable.simulation->advance(1);
        const double i = *cable.simulation->address({.variable = "i", .point = first});
        EXPECT_NEAR(i, amplitude * expected((step + 0.5) * 0.025), 1e-9 * std::abs(amplitude)) << step;
    }
}

TEST(SonataField, ThePartsOfACellStandWhereItsMorphologySays) {
    Cable cable(R"("delay": 0, "duration": 1, "fields": [{"Ex": 1, "Ey": 0, "Ez": 0}])", 100);
    const auto where = node_positions(*cable.blueprint, Placement{.position = {500, 0, 0}});

    EXPECT_DOUBLE_EQ(where[0][0], 500);  // the start of the soma
    EXPECT_FLOAT_EQ(where[static_cast<std::size_t>(cable.blueprint->node[0])][0], 500.05);
    double last = 0;
    for (const auto& w : where) last = std::max(last, w[0]);
    EXPECT_DOUBLE_EQ(last, 1500);
}

}  // namespace
}  // namespace ngv::neuron
