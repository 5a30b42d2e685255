// Spikes of virtual nodes that fire as Poisson processes, drawn on the fly. Interval k of a node is a pure function of
// (seed, node, k), so that every rank that holds targets of the node draws the same train.
#pragma once

#include <cstdint>
#include <vector>

#include "solvers/neuron/network/spike.hpp"

namespace ngv::neuron {

class PoissonSources {
  public:
    PoissonSources() = default;
    PoissonSources(std::uint64_t seed, double dt_ms) : seed_(seed), dt_(dt_ms) {}
    /// A node that fires at `rate_hz` in [start_ms, stop_ms).
    void add(std::int64_t id, double rate_hz, double start_ms = 0, double stop_ms = 1e300);
    /// Appends the spikes at steps in (begin, end]: a spike at time t belongs to the first step at or after t.
    void spikes(std::int64_t begin, std::int64_t end, std::vector<SpikeEvent>& out);
    std::size_t size() const { return sources_.size(); }

  private:
    struct Source {
        std::int64_t id;
        double mean_interval, stop, next;  // ms
        std::int64_t count;
    };
    void draw(Source& s) const;
    std::uint64_t seed_ = 0;
    double dt_ = 0.025;
    std::vector<Source> sources_;
};

}  // namespace ngv::neuron
