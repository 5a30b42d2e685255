// A study: one cell or thousands of a model, under a protocol of phases, without a coupler.
//
//     metabolism-solver --standalone study.yaml --out DIR
//
// Writes <report>.h5 for each report, trajectory.csv (cell 0), summary.json. The same bits on any number of ranks.
#pragma once

#include <mpi.h>

#include <cstdint>
#include <filesystem>

namespace ngv::metabolism {

struct StudyResult {
    std::int64_t cells, steps, retries;
    double simulated_s, wall_s;
};

/// Collective over `comm`.
StudyResult run_study(MPI_Comm comm, const std::filesystem::path& file, const std::filesystem::path& out);

}  // namespace ngv::metabolism
