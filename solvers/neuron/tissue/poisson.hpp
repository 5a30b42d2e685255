// Spikes of virtual nodes that fire as Poisson processes, drawn on the way. Interval k of a node is a pure function of (seed, node,
// k), so that every rank that holds targets of the node draws the same train.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace ngv::neuron::tissue {

class PoissonSources {
  public:
    explicit PoissonSources(std::uint64_t seed) : seed_(seed) {}
    /// A node that fires at `rate_hz` in [start_ms, stop_ms).
    void add(std::int64_t id, double rate_hz, double start_ms, double stop_ms);
    /// Appends the spikes in (begin, end], ms. Intervals follow each other; one that begins before 0 starts again.
    void spikes(double begin, double end, std::vector<std::pair<double, std::int64_t>>& out);
    std::vector<std::int64_t> ids() const;

  private:
    struct Source {
        std::int64_t id;
        double mean_interval, start, stop, next;  // ms
        std::int64_t count;
    };
    void draw(Source& s) const;
    std::uint64_t seed_;
    std::vector<Source> sources_;
};

}  // namespace ngv::neuron::tissue
