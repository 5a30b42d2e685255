// The rd-solver by itself: a mesh, species and sources from one file, no coupler.
#pragma once

#include <filesystem>

namespace ngv::rd {

/// Runs `model` (schema entry rd_standalone) and writes the results and summary.json to `out`. Starts MPI if it is not
/// running.
void run_standalone(const std::filesystem::path& model, const std::filesystem::path& out);

}  // namespace ngv::rd
