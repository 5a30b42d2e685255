// What the 3-D picture of the tissue is drawn from.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

namespace ngv {

/// {"cells": [{"population": i, "lines": [x0,y0,z0,x1,...]}], "vessels": {"lines": [...], "radius": [...], "flow":
/// [...]}, "box": [min, max]}; parts that the folder does not have are absent. Long pictures are thinned to what a
/// screen can show.
nlohmann::json tissue_picture(const std::filesystem::path& results);

}  // namespace ngv
