// A fingerprint of what is spread over the ranks, the same for any distribution and order: the hashes of the elements
// are added.
//
// Two independent 64-bit hashes a word (mix() with different seeds); it finds changes and damage, it does not resist
// forgery.
#pragma once

#include <mpi.h>

#include <cstdint>
#include <span>
#include <string>

#include "coupler/mapping/mapping.hpp"

namespace ngv::mapping {

/// Hash of a sequence of words.
class Hash {
  public:
    void add(std::uint64_t word);
    void add(double value);

  private:
    friend class Digest;
    std::uint64_t a_ = 0x243f6a8885a308d3u, b_ = 0x13198a2e03707344u;
};

/// Sum of the hashes of elements.
class Digest {
  public:
    void add(const Hash& element);
    void add_ranks(MPI_Comm comm);  ///< sums over all ranks. Collective
    std::string text() const;       ///< 32 hexadecimal digits

  private:
    std::uint64_t sum_[3] = {0, 0, 0};  // both hashes, and the number of elements
};

/// Of ids and geometry of an element set; measures and relations do not count. Collective.
std::string geometry_digest(MPI_Comm comm, const ElementSet& set);

/// Of entries of this rank; to be summed over ranks.
Digest digest_of(std::span<const Entry> entries);

}  // namespace ngv::mapping
