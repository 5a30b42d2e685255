// All ranks learn of all spikes of an interval (one minimum delay), in one order that does not depend on the number of
// ranks.
#pragma once

#include <mpi.h>

#include <vector>

#include "solvers/neuron/network/spike.hpp"

namespace ngv::neuron {

class SpikeExchange {
  public:
    explicit SpikeExchange(MPI_Comm comm);
    /// Collective (no communication on one rank). Returns the spikes of all ranks sorted by (step, source).
    const std::vector<SpikeEvent>& exchange(std::vector<SpikeEvent>& local);

  private:
    MPI_Comm comm_;
    int size_ = 1;
    std::vector<int> counts_, displacements_;
    std::vector<SpikeEvent> all_;
};

}  // namespace ngv::neuron
