// What the 3-D picture of the tissue is drawn from.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

namespace ngv {

/// {"cells": [{"population": i, "id": j, "paths": [[x,y,z, ...], ...]}], "vessels": {"lines": [x0,y0,z0,x1,y1,z1, ...],
/// "radius": [...], "flow": [...]}, "box": [min, max]} in um; parts that the folder does not have are absent. Long
/// pictures are thinned to what a screen can show.
nlohmann::json tissue_picture(const std::filesystem::path& results);

}  // namespace ngv
