// The variables of paths in SONATA's configs: {"manifest": {"$BASE": "./network"}, "nodes_file": "$BASE/nodes.h5"}.
//
//     const ngv::Manifest manifest(config);                 // of a circuit or a simulation config
//     auto file = manifest.path(config["network"]);
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "solvers/common/json.hpp"

namespace ngv {

class Manifest {
  public:
    explicit Manifest(const Json& config);

    /// The text of `value` with its variables ("$NAME", "${NAME}") replaced; relative paths are relative to the folder
    /// of the config. UserError with file:line and the nearest name for a variable that is not in the manifest.
    std::filesystem::path path(const Json& value) const;

  private:
    std::string replace_one(const std::string& text, const Json& value) const;
    std::filesystem::path folder_;
    std::map<std::string, std::string> values_;  // by name, without "$"
};

}  // namespace ngv
