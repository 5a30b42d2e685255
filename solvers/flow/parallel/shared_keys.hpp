// Values on things that several ranks hold a copy of: vessel junctions, connected components.
//
//     SharedKeys nodes(comm, sorted_unique_node_ids);
//     nodes.combine(std::span(partial_sums), Combine::sum);    // afterwards every copy has the same total
//
// Only neighbours talk, and only about what they share; each rank folds the parts in ascending order of rank, so that
// all copies hold the same bits.
#pragma once

#include <mpi.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace ngv::flow {

enum class Combine { sum, min };

class SharedKeys {
  public:
    /// Collective. `keys` are sorted and unique on each rank.
    SharedKeys(MPI_Comm comm, std::span<const std::int64_t> keys);

    /// Collective. `values` holds `width` numbers a key.
    void combine(std::span<double> values, Combine op, int width = 1) const;
    void combine(std::span<std::int64_t> values, Combine op, int width = 1) const;

    /// True if this rank is the lowest one that holds key i: the one that counts it.
    bool owned(std::size_t i) const { return owned_[i] != 0; }
    /// True if other ranks hold key i as well.
    bool shared(std::size_t i) const {
        return std::binary_search(shared_.begin(), shared_.end(), static_cast<std::int32_t>(i));
    }
    std::int64_t num_owned() const;

  private:
    struct Neighbour {
        int rank;
        std::vector<std::int32_t> shared;  // positions in keys, ascending
    };
    template <class T>
    void combine_any(std::span<T> values, Combine op, int width) const;

    MPI_Comm comm_;
    int rank_ = 0;
    std::vector<Neighbour> neighbours_;  // ascending rank
    std::vector<std::int32_t> shared_;   // positions held by other ranks as well
    std::vector<std::uint8_t> owned_;
};

}  // namespace ngv::flow
