// Edges of the circuit -> connections, contacts and endfeet on this rank's cells.
#pragma once

#include <string>
#include <vector>

#include "solvers/neuron/tissue/tissue_model.hpp"

namespace ngv::neuron::tissue {

/// Edge types that the tissue's cells cannot have: one UserError with all of them.
void refuse_unknown_edges(const CircuitConfig& circuit);

/// Each adds what it makes to the builder and to the model. `live`: populations that can fire.
void wire_synapses(const CircuitConfig& circuit, const std::vector<std::string>& live, TissueModel& model,
                   EngineBuilder& builder);
void wire_contacts(const CircuitConfig& circuit, const std::vector<std::string>& live, TissueModel& model,
                   EngineBuilder& builder);
void wire_endfeet(const CircuitConfig& circuit, TissueModel& model, EngineBuilder& builder);

}  // namespace ngv::neuron::tissue
