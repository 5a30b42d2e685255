// A SONATA circuit of three vessels in a row, with a population name of its own and sparse ids.
#pragma once

#include <filesystem>
#include <string>

namespace ngv::flow::test {

/// circuit_config.json and nodes.h5 in `folder`: arteriole 10 (radius 5 um), capillary 450002 (2.5), venule 77 (4).
/// `suffix` of start_node and end_node: "" or the legacy "_id".
void write_circuit(const std::filesystem::path& folder, const std::string& suffix);

}  // namespace ngv::flow::test
