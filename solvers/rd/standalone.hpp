// The rd-solver by itself: a mesh, species and sources from one file, no coupler.
#pragma once

#include <mpi.h>

#include <filesystem>

namespace ngv::rd {

/// Runs `model` (schema entry rd_standalone) and writes the results and summary.json to `out`. Collective over comm.
void run_standalone(MPI_Comm comm, const std::filesystem::path& model, const std::filesystem::path& out);

}  // namespace ngv::rd
