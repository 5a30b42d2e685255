// Gives elements without a partner their nearest one.
#pragma once

#include <mpi.h>

#include <string>
#include <vector>

#include "coupler/mapping/chain.hpp"

namespace ngv::mapping {

/// Adds to `base` (the product of the chain) an entry of weight 1 for each target without a source (State), or for each
/// source without a target (Amount, Pool): the one whose centroid is nearest. An element without geometry is in the
/// middle of those that the chain connects it to. Returns how many were filled, over all ranks; says so in `log`.
/// Collective.
std::int64_t fill_nearest(MPI_Comm comm, const Chain& chain, Kind kind, std::vector<Entry>& base,
                          std::vector<std::string>& log);

}  // namespace ngv::mapping
