// The state of all cells in one file, from which a run goes on with the same bits on any number of ranks.
//
//     write_checkpoint(comm, "cells.checkpoint", cells, now);
//     const Tick now = read_checkpoint(comm, "cells.checkpoint", cells);
//
// Layout: header (64 bytes), then a row a cell in the order of ids: its id, integrated values, next step, set aside or not.
#pragma once

#include <mpi.h>

#include <filesystem>

#include "ngv/window.hpp"
#include "solvers/metabolism/cells/cells.hpp"

namespace ngv::metabolism {

/// Collective; ranks hold consecutive blocks of the sorted ids. Written beside the file and renamed: a run that is
/// killed leaves the last whole one.
void write_checkpoint(MPI_Comm comm, const std::filesystem::path& file, const Cells& cells, Tick now);
/// Collective; the time at which it was written. UserError if the file is of other cells or another model.
Tick read_checkpoint(MPI_Comm comm, const std::filesystem::path& file, Cells& cells);

}  // namespace ngv::metabolism
