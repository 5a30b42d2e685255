// The state of all cells in one file, from which a run goes on with the same bits on any number of ranks.
//
//     write_checkpoint(comm, "cells.checkpoint", cells, now);
//     const Tick now = read_checkpoint(comm, "cells.checkpoint", cells);
//
// Layout: header (64 bytes), then a row a cell in the order of ids: its id, integrated values, next step, set aside or not,
// and the caller's numbers of that cell, if any.
#pragma once

#include <mpi.h>

#include <filesystem>
#include <span>

#include "ngv/window.hpp"
#include "solvers/metabolism/cells/cells.hpp"

namespace ngv::metabolism {

/// Collective; ranks hold consecutive blocks of the sorted ids. Written beside the file and renamed: a run that is
/// killed leaves the last whole one. `beside`: [cells][numbers of the caller].
void write_checkpoint(MPI_Comm comm, const std::filesystem::path& file, const Cells& cells, Tick now,
                      std::span<const double> beside = {});
/// Collective; the time at which it was written. UserError if the file is of other cells or another model, or has other
/// numbers beside them.
Tick read_checkpoint(MPI_Comm comm, const std::filesystem::path& file, Cells& cells, std::span<double> beside = {});

}  // namespace ngv::metabolism
