// The compartments of this rank's cells as others see them: with global ids, places in the tissue, and means over
// cells.
#pragma once

#include <functional>
#include <vector>

#include "solvers/neuron/model/model.hpp"

namespace ngv::neuron {

/// All compartments (no forks), cell by cell in the model's order, in section order within a cell.
struct Segments {
    explicit Segments(const Model& model);

    std::vector<int> node;
    std::vector<std::int64_t> id, cell;  ///< segment_id(), cell_id()
    std::vector<int> first;              ///< of each cell of the model, and one more
    std::size_t size() const { return node.size(); }
};

/// The straight pieces of a compartment's axis in the tissue, 6 coordinates each, um.
std::vector<double> placed_pieces(const ModelCell& cell, int compartment);

/// Mean of `value` (one entry a node) over the compartments of a cell, weighted by `weight` (area or volume).
double cell_mean(const ModelCell& cell, const Array& value, const Array& weight);

}  // namespace ngv::neuron
