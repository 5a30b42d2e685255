#include "solvers/neuron/engine/exchange_of_spikes.hpp"

#include <algorithm>
#include <cstring>

#include "ngv/error.hpp"

namespace ngv::neuron {

static_assert(sizeof(FiredSpike) == 24);

ExchangeOfSpikes::ExchangeOfSpikes(MPI_Comm comm) : comm_(comm) {
    MPI_Comm_size(comm, &size_);
    MPI_Comm_rank(comm, &rank_);
    counts_.resize(size_);
    offsets_.resize(size_);
    first_send_.resize(1 + 3 * inline_spikes);
    first_.resize(first_send_.size() * size_);
}

void ExchangeOfSpikes::start(const std::vector<FiredSpike>& mine) {
    NGV_ASSERT(!pending_);
    pending_ = true;
    mine_ = mine;
    if (size_ == 1) return;
    first_send_[0] = static_cast<double>(mine_.size());
    if (!mine_.empty())
        std::memcpy(first_send_.data() + 1, mine_.data(),
                    sizeof(FiredSpike) * std::min<std::size_t>(mine_.size(), inline_spikes));
    const int n = static_cast<int>(first_send_.size());
    MPI_Iallgather(first_send_.data(), n, MPI_DOUBLE, first_.data(), n, MPI_DOUBLE, comm_, &request_);
}

void ExchangeOfSpikes::poll() {
    if (size_ == 1 || !pending_) return;
    int done = 0;
    MPI_Test(&request_, &done, MPI_STATUS_IGNORE);
}

const std::vector<FiredSpike>& ExchangeOfSpikes::finish() {
    NGV_ASSERT(pending_);
    pending_ = false;
    all_.clear();
    if (size_ == 1) {
        all_ = mine_;
    } else {
        MPI_Wait(&request_, MPI_STATUS_IGNORE);
        int rest = 0;
        const std::size_t block = first_send_.size();
        for (int r = 0; r < size_; ++r) {
            const int count = static_cast<int>(first_[r * block]), here = std::min(count, inline_spikes);
            const std::size_t old = all_.size();
            all_.resize(old + here);
            if (here > 0)
                std::memcpy(static_cast<void*>(all_.data() + old), first_.data() + r * block + 1,
                            sizeof(FiredSpike) * here);
            counts_[r] = 3 * (count - here);
            offsets_[r] = rest;
            rest += counts_[r];
        }
        if (rest > 0) {
            const std::size_t old = all_.size();
            all_.resize(old + rest / 3);
            const int mine = counts_[rank_];
            MPI_Allgatherv(mine > 0 ? mine_.data() + inline_spikes : mine_.data(), mine, MPI_DOUBLE, all_.data() + old,
                           counts_.data(), offsets_.data(), MPI_DOUBLE, comm_);
        }
    }
    std::sort(all_.begin(), all_.end());
    return all_;
}

}  // namespace ngv::neuron
