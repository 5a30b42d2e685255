// Brings molecules that left across a rank's border to the rank that owns the place they went to. Only what moved travels:
// one message a peer, whose size says how much.
//
//     arrivals.start(moves, peers);           // moves to ghosts; `peers` tells with whom anything can pass this time
//     ... work on the interior ...
//     for (const Move& m : arrivals.finish()) ...      // to owned elements
#pragma once

#include <mpi.h>

#include <span>
#include <vector>

#include "solvers/rd/mesh/local_mesh.hpp"
#include "solvers/rd/stochastic/populations.hpp"

namespace ngv::rd {

class Arrivals {
  public:
    /// `from_mesh`: cell -> place; ghosts keep their order. `mesh` must outlive this.
    Arrivals(const Cells& mesh, const std::vector<std::int32_t>& from_mesh, MPI_Comm comm, int tag);

    std::size_t num_peers() const { return mesh_->peers.size(); }
    /// Index of the peer that owns a ghost.
    std::size_t peer_of(std::int32_t ghost) const { return peer_[static_cast<std::size_t>(ghost - mesh_->num_owned)]; }

    /// `active[p]` must be the same on both sides of a pair.
    void start(std::span<const Move> moves, const std::vector<char>& active);
    const std::vector<Move>& finish();

    double seconds = 0.0;  ///< spent waiting

  private:
    const Cells* mesh_;
    MPI_Comm comm_;
    int tag_;
    std::vector<std::size_t> peer_;                    // [ghosts]
    std::vector<std::vector<std::int32_t>> places_;    // [peers] of what the peer has as ghosts
    std::vector<std::vector<std::int64_t>> outgoing_;  // [peers] species << 32 | position, count
    std::vector<MPI_Request> requests_;
    std::vector<std::int64_t> incoming_;
    std::vector<Move> arrived_;
    std::vector<char> active_;
};

}  // namespace ngv::rd
