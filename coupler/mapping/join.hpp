// Steps by id: `by id` joins equal ids of two sets; `by RELATION` follows the ids that elements of one set name in the
// other, in either direction ("by cell" from segments to cells, or from cells to segments).
#pragma once

#include <mpi.h>

#include <string>
#include <vector>

#include "coupler/mapping/mapping.hpp"

namespace ngv::mapping {

/// An element set with its full name, "neuron.segments".
struct NamedSet {
    std::string name;
    const ElementSet& set;
};

/// Weight 1 for each pair; on the homes of the targets, sorted. Collective. Ids that the other set does not have are
/// left out, counted and reported in `log`. Throws UserError if neither set has the relation, or both have it.
std::vector<Entry> join(MPI_Comm comm, const NamedSet& source, const NamedSet& target, const std::string& relation,
                        std::vector<std::string>& log);

}  // namespace ngv::mapping
