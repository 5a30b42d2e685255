// Even work on all ranks: who computes which cells in the next window, from what they cost in the last one.
//
// A cell keeps its home (where its state, its fields and its reports are); only its window is computed elsewhere: inputs
// and state go there, the state comes back. Results do not depend on it, as no number of a cell depends on its neighbours.
//
//     Balance balance(comm, 1.1);
//     balance.measure(cost);                       // collective, after a window
//     for (const auto& s : balance.away()) ...     // cells of mine that rank s.rank computes next time
//     for (int rank : balance.guests()) ...        // ranks whose cells come here
#pragma once

#include <mpi.h>

#include <cstdint>
#include <span>
#include <vector>

namespace ngv::metabolism {

class Balance {
  public:
    struct Shipment {
        int rank;
        std::vector<std::size_t> cells;
    };

    /// `threshold`: cells move when the busiest rank has more than this times the mean; 0 never.
    /// MPI_COMM_NULL: this process is alone.
    Balance(MPI_Comm comm, double threshold);

    /// Collective. `cost` of each of my cells in the last window, in any unit that is the same on all ranks.
    void measure(std::span<const double> cost);

    MPI_Comm comm() const { return comm_; }
    const std::vector<Shipment>& away() const { return away_; }
    const std::vector<int>& guests() const { return guests_; }
    /// The busiest rank's cost over the mean, of cells at home: what it would be without moving any.
    double imbalance() const { return imbalance_; }
    /// Cells of all ranks that are computed away from home.
    std::int64_t num_away() const { return num_away_; }

  private:
    MPI_Comm comm_;
    double threshold_;
    int rank_ = 0, size_ = 1;
    std::vector<Shipment> away_;
    std::vector<int> guests_;
    double imbalance_ = 1;
    std::int64_t num_away_ = 0;
};

}  // namespace ngv::metabolism
