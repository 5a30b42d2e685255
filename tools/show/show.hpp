// Draws a results folder: one HTML page that needs nothing from elsewhere.
//
// What the page shows is what the folder holds; a file that is absent or incomplete is named on the page.
#pragma once

#include <filesystem>

namespace ngv {

/// Writes RESULTS/index.html; with `csv` also RESULTS/csv/<series>.csv with the full series behind the pictures.
/// Returns 0. Throws UserError if `results` is not a results folder.
int show(const std::filesystem::path& results, bool csv);

}  // namespace ngv
