// set_aside_<rank>.csv: each cell that failed, by id and node, when, why, and its state at the start of that window.
// Written as it happens, so that it is there when the run ends because of it.
#pragma once

#include <filesystem>
#include <functional>

#include "solvers/metabolism/cells/cells.hpp"

namespace ngv::metabolism {

/// For CellOptions::on_failure. The file appears with the first cell.
std::function<void(const SetAside&)> set_aside_writer(const std::filesystem::path& folder, int rank,
                                                      const OdeSystem& system);

}  // namespace ngv::metabolism
