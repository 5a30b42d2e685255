// What wiring synapses and wiring glia have in common: finding this rank's cells and places on them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "solvers/neuron/tissue/tissue_model.hpp"

namespace ngv::neuron::tissue {

/// Places in model.cells of the local cells of a population, by node id.
std::map<std::int64_t, int> local_cells(const TissueModel& model, int population);
std::vector<std::int64_t> nodes_of(const std::map<std::int64_t, int>& cells);

/// Compartment at a place of a cell; UserError for a section that the morphology does not have.
int compartment_at(const TissueCell& cell, std::int64_t section, double position, const std::string& population,
                   std::int64_t edge);

}  // namespace ngv::neuron::tissue
