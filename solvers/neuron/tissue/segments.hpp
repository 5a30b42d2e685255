// The compartments of this rank's cells as others see them: with global ids and places in the tissue.
#pragma once

#include <vector>

#include "solvers/neuron/tissue/tissue_model.hpp"

namespace ngv::neuron::tissue {

/// All compartments, cell by cell in the model's order, in section order within a cell.
struct Segments {
    explicit Segments(const TissueModel& model);

    std::vector<std::int64_t> id, cell;        ///< segment_id(), cell_id()
    std::vector<double> area, volume, length;  ///< um2, um3, um
    std::vector<int> first;                    ///< of each cell of the model, and one more
    std::size_t size() const { return id.size(); }
};

/// The straight pieces of a compartment's axis in the tissue, 6 coordinates each, um.
std::vector<double> placed_pieces(const TissueCell& cell, int compartment);

}  // namespace ngv::neuron::tissue
