// A network alone, without a coupler: at rest, with radii that are changed, or with radii that move by chance.
#pragma once

#include <mpi.h>

#include <filesystem>

namespace ngv::flow {

/// Says how the search for the steady hematocrit ended. Rank 0.
void report_hematocrit(const class FlowModel& model);

/// Reads network.yaml (entry flow_standalone of configs/schema.yaml), solves, and writes the reports, vessels.xdmf,
/// vessels.vtk, statistics.csv and summary.json to `out`. Collective over `comm`. Throws what goes wrong.
void run_standalone(MPI_Comm comm, const std::filesystem::path& file, const std::filesystem::path& out);

}  // namespace ngv::flow
