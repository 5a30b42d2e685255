// A common order of items that are spread over ranks, and the way to bring values into it, without gathering anything.
//
//   rank 0 has keys 7 2 9, rank 1 has 4 8     ->   order 2 4 7 8 9
//   blocks of the order:  rank 0 writes [2 4 7), rank 1 writes [8 9)
//
// Files written in blocks of this order are the same on any number of ranks, and each rank writes one contiguous piece.
#pragma once

#include <mpi.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace ngv {

using OrderKey = std::array<std::int64_t, 2>;  ///< compared first by [0], then by [1]

/// Collective. Position of each local key among the keys of all ranks; equal keys follow (rank, local place).
std::vector<std::int64_t> global_positions(MPI_Comm comm, std::span<const OrderKey> keys);
/// The same, but equal keys share one position, and positions are dense.
std::vector<std::int64_t> global_positions_merged(MPI_Comm comm, std::span<const OrderKey> keys);

/// Moves values from where they are computed to the rank that writes their block.
class BlockExchange {
  public:
    /// Collective. `positions` of the local items; several items may share one (then any of them wins; they must be
    /// equal).
    BlockExchange(MPI_Comm comm, std::span<const std::int64_t> positions);

    std::int64_t total() const { return total_; }        ///< length of the whole order
    std::int64_t block_begin() const { return begin_; }  ///< this rank writes [block_begin, block_begin + block_size)
    std::int64_t block_size() const { return size_; }
    /// Collective. `width` values an item; returns block_size * width values in order.
    std::vector<double> gather(std::span<const double> values, int width = 1) const;
    std::vector<std::int64_t> gather(std::span<const std::int64_t> values, int width = 1) const;

  private:
    template <class T>
    std::vector<T> exchange(std::span<const T> values, int width, MPI_Datatype type) const;
    MPI_Comm comm_;
    std::int64_t total_ = 0, begin_ = 0, size_ = 0;
    std::vector<int> send_counts_, receive_counts_;
    std::vector<std::int64_t> send_items_;     // local items in the order in which they are sent
    std::vector<std::int64_t> receive_slots_;  // place in the block of each received item
};

}  // namespace ngv
