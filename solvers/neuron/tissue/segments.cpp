#include "solvers/neuron/tissue/segments.hpp"

#include <algorithm>

#include "solvers/common/ids.hpp"

namespace ngv::neuron::tissue {

Segments::Segments(const TissueModel& model) {
    for (const TissueCell& c : model.cells) {
        first.push_back(static_cast<int>(id.size()));
        const Blueprint& b = *c.blueprint;
        for (int i = 0; i < b.num_compartments(); ++i) {
            id.push_back(segment_id(c.gid(), i));
            cell.push_back(c.gid());
            area.push_back(b.area[b.node[i]]);
            volume.push_back(b.volume[b.node[i]]);
            length.push_back(b.length[i]);
        }
    }
    first.push_back(static_cast<int>(id.size()));
}

std::vector<double> placed_pieces(const TissueCell& cell, int compartment) {
    const auto& local = cell.blueprint->pieces[compartment];
    std::vector<double> result(local.size());
    for (std::size_t i = 0; i < local.size(); i += 3) {
        const auto w = cell.placement.apply({local[i], local[i + 1], local[i + 2]});
        std::copy(w.begin(), w.end(), result.begin() + static_cast<std::ptrdiff_t>(i));
    }
    return result;
}

}  // namespace ngv::neuron::tissue
