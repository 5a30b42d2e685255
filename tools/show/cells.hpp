// Who is who in the pictures: the circuit's populations, and whether a cell excites or inhibits.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

namespace ngv {

/// {"name": {"index": 2, "type": "biophysical", "ids": [...], "kind": "EI...", "position": [x,y,z,...]}} for the
/// populations of cells; `kind` has a letter a cell: E, I or ? . Read from the circuit of `scenario`. Throws UserError
/// if one of them is not there any more.
nlohmann::json cells_of(const std::filesystem::path& scenario);

}  // namespace ngv
