#include "solvers/neuron/engine/connection_table.hpp"

#include <algorithm>

namespace ngv::neuron {

std::pair<std::int64_t, std::int64_t> ConnectionTable::of(std::int64_t source) const {
    const auto it = std::lower_bound(sources.begin(), sources.end(), source);
    if (it == sources.end() || *it != source) return {0, 0};
    const auto s = it - sources.begin();
    return {offsets[s], offsets[s + 1]};
}

void ConnectionTable::index_by_target(std::size_t num_points) {
    if (!by_target_offset.empty()) return;
    by_target_offset.assign(num_points + 1, 0);
    for (std::int32_t t : target) ++by_target_offset[t + 1];
    for (std::size_t p = 0; p < num_points; ++p) by_target_offset[p + 1] += by_target_offset[p];
    by_target.resize(target.size());
    auto next = by_target_offset;
    for (std::int64_t c = 0; c < size(); ++c) by_target[next[target[c]]++] = weights(c);
}

double ConnectionTable::bytes() const {
    return 8.0 * static_cast<double>(sources.size() + offsets.size()) + 20.0 * static_cast<double>(size());
}

}  // namespace ngv::neuron
