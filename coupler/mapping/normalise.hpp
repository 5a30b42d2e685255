// From the base matrix B (lengths, or 1 for a pair of ids) to what a link applies.
//
//   State    rows of the target sum to 1: constants are preserved.
//   Amount   columns of the source sum to 1: totals are preserved.
//   Pool     forward F (contributor -> keeper): the Amount rule.
//            back P (keeper -> contributor): P_st = F_ts share_s / sum_s' F_ts' share_s': what the keeper's element t
//            made goes to the contributors in it, by their share of it (the membrane area of segment s inside t, say).
//            capacity given by the keeper:       cap_s = sum_t P_st cap_t      (the room of t, split)
//            capacity given by the contributor:  cap_t = sum_s F_ts cap_s      (volumes of its segments, summed)
#pragma once

#include <mpi.h>

#include <vector>

#include "coupler/mapping/chain.hpp"
#include "coupler/mapping/directory.hpp"
#include "coupler/mapping/mapping.hpp"

namespace ngv::mapping {

/// Fills forward, back and the capacities of `plan` from base entries on the homes of the targets. Collective.
/// Throws UserError (on all ranks) if a measure is missing or not usable.
void normalise(MPI_Comm comm, const NamedSet& source, const NamedSet& target, const Directory& sources,
               const Directory& targets, const Request& request, std::vector<Entry> base, Plan& plan);

}  // namespace ngv::mapping
