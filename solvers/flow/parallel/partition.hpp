// Vessels dealt out over ranks so that few junctions are shared: a partition of the graph of chains by METIS.
//
//     auto mine = partition(comm, std::move(block_of_file));
//
// The root rank sees one edge a chain (see Chains), never the vessels; whole chains move to their rank.
#pragma once

#include <mpi.h>

#include "solvers/flow/network/vessels.hpp"

namespace ngv::flow {

/// Collective. The same vessels over all ranks; on one rank it returns them as they are.
Vessels partition(MPI_Comm comm, Vessels vessels);

}  // namespace ngv::flow
