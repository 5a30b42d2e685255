// What a cell of one passive compartment feels of the inputs of a simulation: each step of implicit Euler is undone, so that the current
// (or the conductance) at the middle of every step comes back to round-off, through the same files, units and engine as in any run.
//
//     FeltInput input(R"("i": {"module": "linear", "node_set": "cells", "amp_start": 0.1})", {.tstop = 50, .dt = 0.025});
//     input.current[k]   nA at (k + 1/2) dt; inwards
#pragma once

#include <cmath>

#include "solvers/neuron/engine/simulation.hpp"
#include "solvers/neuron/nmodl/catalogue.hpp"
#include "solvers/neuron/sonata/network.hpp"
#include "tests/unit/neuron/small_circuit.hpp"

namespace ngv::neuron::test {

struct FeltOptions {
    double tstop = 50, dt = 0.025;
    double threshold_current = 0.2, holding_current = -0.05, input_resistance = 250;  // nA, nA, MOhm
    int seed = 1;
};

class FeltInput {
  public:
    explicit FeltInput(const std::string& inputs, const FeltOptions& o = {}) : dt_(o.dt) {
        SmallCircuit c("felt");
        c.morphology("ball", "1 1 0 0 0 5 -1\n");
        c.models("Ball: {mechanisms: {all: [pas]}, values: {all: {cm: 1, g_pas: 1e-4, e_pas: 0}}}\n");
        c.nodes("cells", "biophysical", 1,
                {{"dynamics_params/threshold_current", {o.threshold_current}},
                 {"dynamics_params/holding_current", {o.holding_current}},
                 {"dynamics_params/input_resistance", {o.input_resistance}}},
                {{"morphology", "ball"}, {"model_template", "hoc:Ball"}});
        const auto config = SimulationConfig::load(c.simulation(
            "sim", "\"run\": {\"tstop\": " + std::to_string(o.tstop) + ", \"dt\": " + std::to_string(o.dt) +
                       ", \"random_seed\": " + std::to_string(o.seed) +
                       "}, \"conditions\": {\"v_init\": 0}, \"inputs\": {" + inputs + "}"));
        Network network(MPI_COMM_SELF, config,
                        {.cells = c.cells().cells,
                         .catalogues = {nmodl::own_catalogue("base").get(), nmodl::own_catalogue("bbp").get()}});
        const auto gid = network.cells().begin()->first;
        const int soma = network.soma(network.cells().begin()->second);
        const double area = network.blueprint(gid).area[static_cast<std::size_t>(soma)];
        capacity_ = area * 1e-5;    // nF, at 1 uF/cm2
        leak_ = area * 1e-8 * 100;  // uS, at 1e-4 S/cm2
        const int recorder =
            network.builder().add_recorder({.every = 1, .columns = {{.gid = gid, .node = soma, .variable = "v"}}});
        const auto simulation = network.builder().build(MPI_COMM_SELF);
        simulation->initialise();
        simulation->advance(std::llround(o.tstop / o.dt));
        v = simulation->take_frames(recorder).values;
        for (std::size_t k = 0; k + 1 < v.size(); ++k)
            current.push_back(capacity_ * (v[k + 1] - v[k]) / dt_ + leak_ * v[k + 1]);
    }
    double time(std::size_t k) const { return (static_cast<double>(k) + 0.5) * dt_; }  ///< ms
    /// uS, of a conductance with this reversal potential.
    double conductance(std::size_t k, double reversal) const { return current[k] / (reversal - v[k + 1]); }

    std::vector<double> v, current;

  private:
    double dt_, capacity_ = 0, leak_ = 0;
};

}  // namespace ngv::neuron::test
