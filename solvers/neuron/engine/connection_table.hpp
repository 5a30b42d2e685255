// Who is told when a source fires: a structure of arrays sorted by (source, order). 20 bytes a connection with one number, 24 where
// NET_RECEIVE has further arguments that connections share (ngv_mechanism::shared_numbers); those that events change are kept for each
// connection, 8 bytes each.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "solvers/neuron/mechanisms/abi.h"

namespace ngv::neuron {

/// The arguments of NET_RECEIVE of some connections: the weight, and a place for what comes after it.
class ConnectionNumbers {
  public:
    /// Adds a connection to a point of `m`. Numbers that are not given are 0, and so are, as in NEURON, all beyond the weight where
    /// NET_RECEIVE has no INITIAL block.
    void add(const ngv_mechanism& m, std::span<const double> given);
    /// Adds connection c of another table, whose shared numbers these are.
    void add(const ConnectionNumbers& from, std::int64_t c, const ngv_mechanism& m);
    /// The same shared numbers as `from`.
    void share(ConnectionNumbers& from) { shared_.swap(from.shared_); }
    void reserve(std::size_t n, bool further);

    double& weight(std::int64_t c) { return kept(c) ? kept_[static_cast<std::size_t>(more_[c])] : weight_[c]; }
    /// All `n` arguments, for an event: their own place, or that of a copy in `room` where nothing of them changes.
    double* arguments(std::int64_t c, int n, double* room);
    /// Their own place; nullptr where they are shared.
    double* own(std::int64_t c) { return further(c) ? (kept(c) ? &weight(c) : nullptr) : &weight_[c]; }

    bool has_further() const { return !more_.empty(); }
    std::size_t size() const { return weight_.size(); }
    double bytes() const;

  private:
    bool further(std::int64_t c) const { return !more_.empty() && more_[c] != -1; }
    bool kept(std::int64_t c) const { return !more_.empty() && more_[c] >= 0; }
    void add_place(std::int64_t place);

    std::vector<double> weight_;
    std::vector<std::int32_t>
        more_;  ///< -1: nothing; p >= 0: all numbers at kept_[p]; else all but the weight at shared_[-2 - p]
    std::vector<double> kept_, shared_;
    std::map<std::vector<double>, std::int64_t> known_;  ///< places in shared_
};

struct ConnectionTable {
    std::vector<std::int64_t> sources;  ///< sorted
    std::vector<std::int64_t> offsets;  ///< connections of sources[i]: [offsets[i], offsets[i + 1])
    std::vector<std::int32_t> target;   ///< number of the point
    std::vector<double> delay;          ///< ms
    ConnectionNumbers numbers;
    // made when somebody asks for the connections of a point
    std::vector<std::int64_t> by_target_offset;
    std::vector<std::int32_t> by_target;  ///< connections, by point and number
    std::vector<double*> own_numbers;     ///< of these, for FOR_NETCONS

    std::int64_t size() const { return static_cast<std::int64_t>(target.size()); }
    /// Range of connections of a source; empty if it has none here.
    std::pair<std::int64_t, std::int64_t> of(std::int64_t source) const;
    void index_by_target(std::size_t num_points);
    /// Connections of a point, ascending; after index_by_target().
    std::span<const std::int32_t> of_target(std::int64_t point) const {
        return {by_target.data() + by_target_offset[point], by_target.data() + by_target_offset[point + 1]};
    }
    double bytes() const;         ///< of connections
    double source_bytes() const;  ///< of the list of their sources, 16 each
};

}  // namespace ngv::neuron
