// Edges of the circuit become connections of this rank's cells.
#pragma once

#include "solvers/neuron/model/model.hpp"

namespace ngv::neuron {

/// Chemical synapses on the local neurons whose source can fire. Makes the synapse instances.
void wire_synapses(const CircuitConfig& circuit, const Model& model, Engine& engine,
                   const std::vector<std::string>& live_populations, std::vector<Connection>& out);

/// Neuro-glial contacts: the events of a synapse also reach the astrocyte that enwraps it.
void wire_contacts(const CircuitConfig& circuit, const Model& model, const std::vector<std::string>& live_populations,
                   std::vector<Connection>& out);

/// Endfeet of the local astrocytes, each with the radius of its vessel.
std::vector<Endfoot> find_endfeet(const CircuitConfig& circuit, const Model& model);

/// UserError that names every edge population of a type that is not simulated.
void refuse_unknown_edges(const CircuitConfig& circuit);

}  // namespace ngv::neuron
