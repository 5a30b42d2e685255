#include "tests/unit/flow/circuit_file.hpp"

#include <cstdint>
#include <fstream>
#include <utility>
#include <vector>

#include "solvers/common/hdf5.hpp"

namespace ngv::flow::test {

void write_circuit(const std::filesystem::path& folder, const std::string& suffix) {
    std::ofstream(folder / "circuit_config.json") << R"({"version": 2, "networks": {"nodes": [
        {"nodes_file": "nodes.h5", "populations": {"vasculatureA": {"type": "vasculature"}}}], "edges": []}})";
    auto file = h5::File::create(folder / "nodes.h5");
    const std::string group = "/nodes/vasculatureA/";
    file.write(group + "node_type_id", std::vector<std::int64_t>(3, -1));
    file.write(group + "node_id", std::vector<std::int64_t>{10, 450'002, 77});
    file.write(group + "node_group_id", std::vector<std::int64_t>(3, 0));
    file.write(group + "node_group_index", std::vector<std::int64_t>{0, 1, 2});
    file.write(group + "0/start_node" + suffix, std::vector<std::uint64_t>{5, 6, 600'000});
    file.write(group + "0/end_node" + suffix, std::vector<std::uint64_t>{6, 600'000, 8});
    file.write(group + "0/start_diameter", std::vector<float>{12, 5, 6});
    file.write(group + "0/end_diameter", std::vector<float>{8, 5, 10});
    file.write(group + "0/type", std::vector<std::int32_t>{4, 6, 3});
    const std::vector<float> x{0, 30, 30, 60}, y{0, 0, 40, 40}, z{0, 0, 0, 20};
    const auto part = [](const std::vector<float>& v, int from) {
        return std::vector<float>(v.begin() + from, v.begin() + from + 3);
    };
    for (const auto& [axis, v] : {std::pair{"x", x}, {"y", y}, {"z", z}}) {
        file.write(group + "0/start_" + axis, part(v, 0));
        file.write(group + "0/end_" + axis, part(v, 1));
    }
}

}  // namespace ngv::flow::test
