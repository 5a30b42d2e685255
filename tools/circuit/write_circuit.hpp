// Writes what was made as SONATA files, and tells how much there is of everything.
#pragma once

#include <cstdint>
#include <filesystem>

#include "tools/circuit/circuit.hpp"
#include "tools/circuit/population.hpp"
#include "tools/circuit/synapses.hpp"
#include "tools/circuit/vasculature.hpp"

namespace ngv::circuit {

/// Everything that stays in memory while files are written.
struct Tissue {
    Box box;
    Vasculature vasculature;
    Neurons neurons;
    std::vector<Astrocyte> astrocytes;
};

struct SynapseCounts {
    std::uint64_t synapses = 0, least_per_neuron = 0, glial_contacts = 0, input_synapses = 0;
};

void write_nodes(const CircuitOptions& options, const Tissue& tissue);
void write_morphologies(const CircuitOptions& options, const Tissue& tissue);
/// Chemical synapses, the astrocytes' contacts with them, and synapses of inputs.
SynapseCounts write_synapses(const CircuitOptions& options, const Tissue& tissue);
void write_endfeet(const CircuitOptions& options, const Tissue& tissue);
/// Spikes of all inputs for the duration, drawn from the same rates that stand in the inputs' nodes.
std::uint64_t write_input_spikes(const CircuitOptions& options);

/// circuit_config.json, node_sets.json, simulation_config.json, tissue.yaml
void write_configs(const CircuitOptions& options, const Tissue& tissue);

}  // namespace ngv::circuit
