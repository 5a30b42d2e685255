// Which sources of an operator reach a target at all? What the others emit stays with its owner, and the ledger says
// so.
#pragma once

#include <mpi.h>

#include <cstdint>
#include <span>
#include <vector>

#include "coupler/mapping/mapping.hpp"

namespace ngv::hub {

/// 1 for each of `sources` (ids homed here) that some entry on any rank uses with a weight other than 0. Collective.
std::vector<std::uint8_t> column_cover(MPI_Comm comm, std::span<const mapping::Entry> entries,
                                       std::span<const std::int64_t> sources);

}  // namespace ngv::hub
