// The numbers of a coupled run, from the scenario's `participants.neuron` (defaults and meanings: configs/schema.yaml).
#pragma once

#include <array>

#include "coupler/config/config.hpp"

namespace ngv::neuron::tissue {

struct MembraneParameters {
    double v_init, compartment_length, gcl, pump, calcium_pump, na_i, k_i;
};

struct SynapseParameters {
    double nmda_ratio, magnesium, gaba_reversal, scale, molecules_per_vesicle, atp_per_vesicle;
    bool plasticity;
};

struct GliaParameters {
    double kir, ip3_production, glutamate_affinity, ip3_diffusion, contact_glutamate, contact_decay;
    double vessel_pressure, crossbridge_speed, signal_delay, signal_threshold;
    bool gliotransmission;  ///< astrocytes act on the synapses that they touch
    double release_threshold;
};

struct Parameters {
    double dt, celsius, spike_threshold;
    bool interpolate_spikes;  ///< else a spike is stamped with the end of its step
    bool reversals_follow;    ///< else they stay as they are at the start
    double axial_resistivity, capacitance, calcium_free, ca_i, atp, adp;
    double na_o, k_o, ca_o;
    bool squid_channels;
    double threshold_shift;
    std::array<double, 3> gna, gk, gca;  ///< soma, axon, dendrites
    MembraneParameters neuron, astrocyte;
    SynapseParameters synapses;
    GliaParameters glia;
};

/// `neuron` is the mapping participants.neuron of a scenario.
Parameters read_parameters(const Config& neuron);

/// All defaults: for benchmarks and tests.
Parameters default_parameters();

}  // namespace ngv::neuron::tissue
