// All ranks learn of all spikes of an epoch while the next one is computed.
//
//     exchange.start(mine);   ... compute ...   for (const FiredSpike& s : exchange.finish()) ...
//
// Spikes come sorted by (time, cause, source), the order in which NEURON would have sent them: of artificial cells that fire at
// one time, the one whose event came from the earlier spike first. Who numbers them in this order gives the same numbers on
// any number of ranks.
// A first message of fixed size carries the count and a few spikes; only epochs with more need a second one.
#pragma once

#include <mpi.h>

#include <compare>
#include <cstdint>
#include <vector>

namespace ngv::neuron {

struct FiredSpike {
    double time = 0;         ///< ms
    std::int64_t cause = 0;  ///< 0: a threshold; else 1 + the number of the spike whose event made the cell fire
    std::int64_t source = 0;
    auto operator<=>(const FiredSpike&) const = default;
};

class ExchangeOfSpikes {
  public:
    ExchangeOfSpikes() = default;
    explicit ExchangeOfSpikes(MPI_Comm comm);
    ExchangeOfSpikes(ExchangeOfSpikes&&) = default;
    ExchangeOfSpikes& operator=(ExchangeOfSpikes&&) = default;
    /// Collective, does not wait. `mine` is copied.
    void start(const std::vector<FiredSpike>& mine);
    /// Lets messages progress.
    void poll();
    bool pending() const { return pending_; }
    /// Collective; ends what start() began. Valid until the next start().
    const std::vector<FiredSpike>& finish();

  private:
    static constexpr int inline_spikes = 30;
    MPI_Comm comm_ = MPI_COMM_SELF;
    int size_ = 1, rank_ = 0;
    bool pending_ = false;
    MPI_Request request_ = MPI_REQUEST_NULL;
    std::vector<FiredSpike> mine_, all_;
    std::vector<double> first_send_, first_;
    std::vector<int> counts_, offsets_;
};

}  // namespace ngv::neuron
