#include "solvers/neuron/model/segments.hpp"

#include "solvers/common/ids.hpp"

namespace ngv::neuron {

Segments::Segments(const Model& model) {
    for (const ModelCell& c : model.cells) {
        first.push_back(static_cast<int>(node.size()));
        for (int i = 0; i < c.cable->num_compartments(); ++i) {
            node.push_back(c.node(i));
            id.push_back(segment_id(c.source.id, i));
            cell.push_back(c.source.id);
        }
    }
    first.push_back(static_cast<int>(node.size()));
}

std::vector<double> placed_pieces(const ModelCell& cell, int compartment) {
    const auto& local = cell.cable->pieces[compartment];
    std::vector<double> result(local.size());
    for (std::size_t i = 0; i < local.size(); i += 3) {
        const auto w = cell.placement.apply({local[i], local[i + 1], local[i + 2]});
        std::copy(w.begin(), w.end(), result.begin() + static_cast<std::ptrdiff_t>(i));
    }
    return result;
}

double cell_mean(const ModelCell& cell, const Array& value, const Array& weight) {
    double sum = 0, total = 0;
    for (int i = 0; i < cell.cable->num_compartments(); ++i) {
        const int k = cell.node(i);
        sum += weight[k] * value[k];
        total += weight[k];
    }
    return sum / total;
}

}  // namespace ngv::neuron
