// Ranks agree on a list of names.
#pragma once

#include <mpi.h>

#include <set>
#include <string>
#include <vector>

namespace ngv::neuron {

/// Names that some rank has, sorted: the same list on all. Collective.
std::vector<std::string> names_of_ranks(MPI_Comm comm, const std::set<std::string>& mine);

}  // namespace ngv::neuron
