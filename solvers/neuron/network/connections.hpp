// Who is told when a source fires: synapses and neuro-glial contacts, kept where their target lives, sorted by source.
//
//   source 7 -> [edge 12, edge 40]   source 9 -> [edge 3]      a binary search per spike, then a contiguous piece
//
// Short-term plasticity is the deterministic Tsodyks-Markram model (Tsodyks, Pawelzik & Markram 1998, Neural Comput
// 10:821), the mean of the stochastic one with n_rrp vesicles: u <- Use + u (1 - Use) exp(-dt/F), R <- 1 - (1 - R)
// exp(-dt/D); released share u R, then R <- R (1 - u). With it off, every event releases the share Use.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ngv::neuron {

struct Connection {
    std::int64_t source = 0;  ///< global cell id, or id of a virtual node
    std::int64_t order = 0;   ///< breaks ties between connections of one source: the same on any number of ranks
    int target = 0;           ///< synapse handle, or astrocyte node for a contact
    bool contact = false;     ///< a neuro-glial contact: no conductance, raises glutamate at the astrocyte
    int delay_steps = 1;
    float weight = 0;        ///< nS at full release
    float use = 1;           ///< Use
    float depression = 0;    ///< D, ms; 0: recovers at once
    float facilitation = 0;  ///< F, ms; 0: none
    float vesicles = 1;      ///< n_rrp
};

class Connections {
  public:
    /// Sorts by (source, order).
    explicit Connections(std::vector<Connection> connections = {}, bool plastic = true);

    std::span<const std::int64_t> sources() const { return sources_; }
    /// The connections of a source as a range of indices; empty if it has none here.
    std::pair<int, int> of(std::int64_t source) const;
    const Connection& operator[](int i) const { return list_[i]; }
    int size() const { return static_cast<int>(list_.size()); }
    int max_delay_steps() const;
    int min_delay_steps() const;  ///< INT_MAX if there are none

    /// The released share (0..1) of an event that arrives at time_ms, with the state moved on.
    double release(int i, double time_ms);
    void reset();

  private:
    struct Release {
        float u = 0, r = 1;
        double last = -1e30;
    };
    std::vector<Connection> list_;
    std::vector<std::int64_t> sources_;
    std::vector<int> offsets_;
    std::vector<Release> release_;  // empty if not plastic
};

}  // namespace ngv::neuron
