#include "solvers/neuron/network/spike_exchange.hpp"

#include <algorithm>

namespace ngv::neuron {

SpikeExchange::SpikeExchange(MPI_Comm comm) : comm_(comm) {
    MPI_Comm_size(comm, &size_);
    counts_.resize(size_);
    displacements_.resize(size_);
}

const std::vector<SpikeEvent>& SpikeExchange::exchange(std::vector<SpikeEvent>& local) {
    if (size_ == 1) {
        all_.swap(local);
    } else {
        const int mine = static_cast<int>(2 * local.size());
        MPI_Allgather(&mine, 1, MPI_INT, counts_.data(), 1, MPI_INT, comm_);
        int total = 0;
        for (int r = 0; r < size_; ++r) {
            displacements_[r] = total;
            total += counts_[r];
        }
        all_.resize(total / 2);
        if (total > 0)
            MPI_Allgatherv(local.data(), mine, MPI_INT64_T, all_.data(), counts_.data(), displacements_.data(),
                           MPI_INT64_T, comm_);
    }
    local.clear();
    std::sort(all_.begin(), all_.end());
    return all_;
}

}  // namespace ngv::neuron
