// The membrane of the tissue's cells: channels, pumps, leaks, pools on a discretised morphology.
#pragma once

#include <memory>

#include "solvers/neuron/cable/cable_cell.hpp"
#include "solvers/neuron/engine/engine_builder.hpp"
#include "solvers/neuron/tissue/parameters.hpp"

namespace ngv::neuron::tissue {

/// Cells of one morphology and kind share their blueprint.
std::shared_ptr<const Blueprint> make_blueprint(const CableCell& cable, const Parameters& parameters, bool astrocyte);

/// Seconds that a step takes here, from short runs of eight small cells.
struct Costs {
    double neuron = 0, astrocyte = 0;       ///< of a compartment
    double excitatory = 0, inhibitory = 0;  ///< of a synapse instance
};
Costs measure_costs(const Parameters& parameters);

/// Options of the engine and the mechanisms' global values.
EngineBuilder make_builder(const Parameters& parameters);

}  // namespace ngv::neuron::tissue
