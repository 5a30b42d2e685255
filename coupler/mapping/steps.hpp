// One step of a mapping, between two neighbouring element sets of a chain.
#pragma once

#include <mpi.h>

#include <filesystem>
#include <string>
#include <vector>

#include "coupler/mapping/chain.hpp"
#include "coupler/mapping/mapping.hpp"

namespace ngv::mapping {

/// Base entries of a step (lengths, or 1 a pair of ids), on the homes of the targets, sorted. Adds to `coverage` what
/// an intersection found. Collective. Throws UserError for a step that cannot be taken.
std::vector<Entry> take_step(MPI_Comm comm, const Chain& chain, std::size_t i, const std::string& step,
                             const std::filesystem::path& cache_folder, Coverage& coverage,
                             std::vector<std::string>& log);

}  // namespace ngv::mapping
