// All ranks learn of all spikes of an epoch while the next one is computed.
//
//     exchange.start(mine);   ... compute ...   for (Spike s : exchange.finish()) ...     // sorted by (time, source)
//
// A first message of fixed size carries the count and a few spikes; only epochs with more need a second one.
#pragma once

#include <mpi.h>

#include <vector>

#include "solvers/neuron/engine/simulation.hpp"

namespace ngv::neuron {

class ExchangeOfSpikes {
  public:
    ExchangeOfSpikes() = default;
    explicit ExchangeOfSpikes(MPI_Comm comm);
    ExchangeOfSpikes(ExchangeOfSpikes&&) = default;
    ExchangeOfSpikes& operator=(ExchangeOfSpikes&&) = default;
    /// Collective, does not wait. `mine` is copied.
    void start(const std::vector<Spike>& mine);
    /// Lets messages progress.
    void poll();
    bool pending() const { return pending_; }
    /// Collective; ends what start() began. Valid until the next start().
    const std::vector<Spike>& finish();

  private:
    static constexpr int inline_spikes = 30;
    MPI_Comm comm_ = MPI_COMM_SELF;
    int size_ = 1, rank_ = 0;
    bool pending_ = false;
    MPI_Request request_ = MPI_REQUEST_NULL;
    std::vector<Spike> mine_, all_;
    std::vector<double> first_send_, first_;
    std::vector<int> counts_, offsets_;
};

}  // namespace ngv::neuron
