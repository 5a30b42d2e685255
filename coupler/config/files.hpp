// A file that the user named and that cannot be opened.
#pragma once

#include <filesystem>

#include "ngv/error.hpp"

namespace ngv {

/// Says which part of the path is missing, with the nearest name of what is there.
UserError cannot_open(const std::filesystem::path& file);

}  // namespace ngv
