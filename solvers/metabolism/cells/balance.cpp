#include "solvers/metabolism/cells/balance.hpp"

#include <algorithm>
#include <numeric>

namespace ngv::metabolism {

Balance::Balance(MPI_Comm comm, double threshold) : comm_(comm), threshold_(threshold) {
    if (comm == MPI_COMM_NULL) return;
    MPI_Comm_rank(comm, &rank_);
    MPI_Comm_size(comm, &size_);
}

void Balance::measure(std::span<const double> cost) {
    if (size_ == 1) return;
    const double mine = std::accumulate(cost.begin(), cost.end(), 0.0);
    std::vector<double> all(static_cast<std::size_t>(size_));
    MPI_Allgather(&mine, 1, MPI_DOUBLE, all.data(), 1, MPI_DOUBLE, comm_);
    const double mean = std::accumulate(all.begin(), all.end(), 0.0) / size_;
    imbalance_ = mean > 0 ? *std::max_element(all.begin(), all.end()) / mean : 1;
    away_.clear();
    guests_.clear();
    num_away_ = 0;
    if (threshold_ <= 0 || imbalance_ <= threshold_) return;

    // Every rank walks through the same list of surpluses and gaps, in the order of ranks.
    std::size_t next = cost.size();
    int to = 0;
    std::vector<double> gap(all.size());
    for (std::size_t r = 0; r < all.size(); ++r) gap[r] = mean - all[r];
    for (int from = 0; from < size_; ++from) {
        double surplus = -gap[static_cast<std::size_t>(from)];
        while (surplus > 0) {
            while (to < size_ && gap[static_cast<std::size_t>(to)] <= 0) ++to;
            if (to == size_) break;
            auto& room = gap[static_cast<std::size_t>(to)];
            const double amount = std::min(surplus, room);
            surplus -= amount;
            room -= amount;
            if (to == rank_) guests_.push_back(from);
            if (from != rank_) continue;
            Shipment shipment{to, {}};
            double sent = 0;
            while (next > 0 && sent + 0.5 * cost[next - 1] <= amount) {
                sent += cost[--next];
                shipment.cells.push_back(next);
            }
            away_.push_back(std::move(shipment));
        }
    }
    std::int64_t count = 0;
    for (const auto& shipment : away_) count += static_cast<std::int64_t>(shipment.cells.size());
    MPI_Allreduce(&count, &num_away_, 1, MPI_INT64_T, MPI_SUM, comm_);
}

}  // namespace ngv::metabolism
