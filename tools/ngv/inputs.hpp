// What can be wrong with a scenario and the files it names.
#pragma once

#include <filesystem>
#include <vector>

#include "ngv/error.hpp"

namespace ngv {

/// Every problem of a scenario: its keys and units, its links, the circuit, and what each solver says of its own
/// inputs.
std::vector<Problem> check_scenario(const std::filesystem::path& scenario);

}  // namespace ngv
