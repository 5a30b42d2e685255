// Steps by id: `by id` joins equal ids of two sets; `by RELATION` follows the ids that elements of one set name in the
// other, in either direction ("by cell" from segments to cells, or from cells to segments).
#pragma once

#include <mpi.h>

#include <string>
#include <vector>

#include "coupler/mapping/chain.hpp"

namespace ngv::mapping {

/// Step `i` of the chain: weight 1 for each pair; on the homes of the targets, sorted. Collective. Ids that the other
/// set does not have are left out, counted and reported in `log`. Throws UserError if neither set has the relation, or
/// both have it.
std::vector<Entry> join(MPI_Comm comm, const Chain& chain, std::size_t i, const std::string& relation,
                        std::vector<std::string>& log);

}  // namespace ngv::mapping
