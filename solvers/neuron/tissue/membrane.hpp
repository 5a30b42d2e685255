// The membrane of the tissue's cells: channels, pumps, leaks, pools on a discretised morphology.
#pragma once

#include <memory>

#include "solvers/neuron/cable/cable_cell.hpp"
#include "solvers/neuron/engine/engine_builder.hpp"
#include "solvers/neuron/tissue/parameters.hpp"

namespace ngv::neuron::tissue {

/// Cells of one morphology and kind share their blueprint.
std::shared_ptr<const Blueprint> make_blueprint(const CableCell& cable, const Parameters& parameters, bool astrocyte);

/// Seconds that a step of one compartment takes here, from a short run of eight small cells: what a cell costs, up to its size.
double measure_compartment(const Parameters& parameters, bool astrocyte);

/// Options of the engine and the mechanisms' global values.
EngineBuilder make_builder(const Parameters& parameters);

}  // namespace ngv::neuron::tissue
