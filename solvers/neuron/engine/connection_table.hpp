// Who is told when a source fires: a structure of arrays sorted by (source, order), 20 bytes a connection with one weight.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace ngv::neuron {

struct ConnectionTable {
    std::vector<std::int64_t> sources;       ///< sorted
    std::vector<std::int64_t> offsets;       ///< connections of sources[i]: [offsets[i], offsets[i + 1])
    std::vector<std::int32_t> target;        ///< number of the point
    std::vector<double> delay;               ///< ms
    std::vector<double> weight;              ///< all arguments of NET_RECEIVE
    std::vector<std::int64_t> first_weight;  ///< place in `weight`; empty: one a connection
    // made when somebody asks for the connections of a point (FOR_NETCONS)
    std::vector<std::int64_t> by_target_offset;
    std::vector<double*> by_target;

    std::int64_t size() const { return static_cast<std::int64_t>(target.size()); }
    double* weights(std::int64_t c) { return weight.data() + (first_weight.empty() ? c : first_weight[c]); }
    /// Range of connections of a source; empty if it has none here.
    std::pair<std::int64_t, std::int64_t> of(std::int64_t source) const;
    void index_by_target(std::size_t num_points);
    double bytes() const;
};

}  // namespace ngv::neuron
