// Which rank is the home of an element? Every rank keeps the answer for its share of all ids (those whose hash falls to
// it), so that nobody holds the whole list.
#pragma once

#include <mpi.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "coupler/mapping/id_index.hpp"

namespace ngv::mapping {

class Directory {
  public:
    /// `ids`: the elements homed on this rank. Collective. Throws UserError (on all ranks) if an id occurs twice;
    /// `name` is the element set for that message.
    Directory(MPI_Comm comm, std::span<const std::int64_t> ids, const std::string& name);

    /// The home of each id, -1 where nobody has it. Collective.
    std::vector<int> homes(std::span<const std::int64_t> ids) const;

  private:
    std::vector<int> keepers(std::span<const std::int64_t> ids) const;  // rank that keeps the entry of an id

    MPI_Comm comm_;
    int size_ = 1;
    std::vector<int> home_;
    IdIndex index_;
};

}  // namespace ngv::mapping
