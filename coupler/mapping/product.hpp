// The product of two steps: A -> B and B -> C give A -> C.
#pragma once

#include <mpi.h>

#include <vector>

#include "coupler/mapping/directory.hpp"
#include "coupler/mapping/mapping.hpp"

namespace ngv::mapping {

/// `first` is on the homes of B, `second` on those of C, both sorted; so is the result, on the homes of C. Sums over
/// the elements of B run in the order of their ids. Collective.
std::vector<Entry> product(MPI_Comm comm, const std::vector<Entry>& first, const std::vector<Entry>& second,
                           const Directory& middle);

}  // namespace ngv::mapping
