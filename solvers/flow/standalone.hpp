// One solve of a network at rest, without a coupler.
#pragma once

#include <filesystem>

namespace ngv::flow {

/// Reads network.yaml (entry flow_standalone of configs/schema.yaml), solves, and writes the reports, vessels.xdmf and
/// summary.json to `out`. Starts MPI if it is not running. Throws what goes wrong.
void run_standalone(const std::filesystem::path& file, const std::filesystem::path& out);

}  // namespace ngv::flow
