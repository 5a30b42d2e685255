// The blood of a run on disk, between two windows: written by any number of ranks, read by any other.
//
//     Checkpoint state{.vessels = ..., .numbers = {...}, .start = ...};
//     write_checkpoint(comm, "flow.state", ids, state);
//     read_checkpoint(comm, "flow.state", ids, state);
//
//     /            attributes: ngv_flow_checkpoint (version), vessels
//     /vessels/X   [vessels] by id: FlowModel::keep(), CarriedBlood::keep() and what the caller adds
//     /numbers     the caller's
//     /start       where the pressures' solver starts from (PressureSolver::start())
#pragma once

#include <mpi.h>

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace ngv::flow {

struct Checkpoint {
    std::map<std::string, std::span<double>> vessels;  ///< one value a vessel of this rank
    std::vector<double> numbers;                       ///< the same on all ranks
    std::vector<double> start;                         ///< on rank 0
};

/// Collective; `ids` of this rank's vessels.
void write_checkpoint(MPI_Comm comm, const std::filesystem::path& file, const std::vector<std::int64_t>& ids,
                      const Checkpoint& state);

/// Collective: fills what `state` names, its numbers and, on rank 0, its start. UserError if the file is of other vessels
/// or another model.
void read_checkpoint(MPI_Comm comm, const std::filesystem::path& file, const std::vector<std::int64_t>& ids,
                     Checkpoint& state);

}  // namespace ngv::flow
