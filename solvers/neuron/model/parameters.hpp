// The numbers of a run, from the scenario's `participants.neuron` (defaults: configs/schema.yaml).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "coupler/config/config.hpp"
#include "solvers/neuron/astrocyte/parameters.hpp"
#include "solvers/neuron/network/network.hpp"
#include "solvers/neuron/synapses/synapses.hpp"

namespace ngv::neuron {

struct MembraneParameters {
    double v_init, compartment_length, gcl, pump, calcium_pump, na_i, k_i;
};

struct Parameters {
    double dt, celsius;
    double axial_resistivity, capacitance, calcium_free, ca_i, atp, adp;
    double na_o, k_o, ca_o;
    bool squid_channels;
    double threshold_shift;
    std::array<double, 3> gna, gk, gca;  ///< soma, axon, dendrites
    MembraneParameters neuron, astrocyte;
    double kir;
    AstrocyteParameters pathway;
    SynapseParameters synapses;
    double synapse_scale;
    bool plasticity;
    NetworkOptions network;
};

/// `neuron` is the mapping participants.neuron of a scenario.
Parameters read_parameters(const Config& neuron);

/// All defaults: for the standalone mode, benchmarks and tests.
Parameters default_parameters();

}  // namespace ngv::neuron
