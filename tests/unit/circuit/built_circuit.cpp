#include "tests/unit/circuit/built_circuit.hpp"

#include <unistd.h>

#include <fstream>
#include <numeric>
#include <sstream>

namespace ngv::circuit {

namespace {

struct Scratch {
    std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("ngv_circuit_tests_" + std::to_string(getpid()));
    ~Scratch() { std::filesystem::remove_all(folder); }
};

}  // namespace

std::filesystem::path scratch(const std::string& name) {
    static const Scratch root;
    std::filesystem::create_directories(root.folder);
    return root.folder / name;
}

const std::filesystem::path& default_circuit() {
    static const std::filesystem::path folder = [] {
        CircuitOptions options;
        options.out = scratch("default");
        build_circuit(options);
        return options.out;
    }();
    return folder;
}

std::map<std::string, std::string> bytes_below(const std::filesystem::path& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        std::ostringstream text;
        text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
        files[std::filesystem::relative(entry.path(), folder).string()] = text.str();
    }
    return files;
}

std::vector<PlacedCell> placed_cells(const std::filesystem::path& circuit, const std::string& population) {
    const auto config = CircuitConfig::load(circuit / "circuit_config.json");
    const auto& entry = config.node_population(population);
    const NodePopulation nodes(entry);
    const auto x = nodes.numbers("x"), y = nodes.numbers("y"), z = nodes.numbers("z");
    const auto name = nodes.texts("morphology");
    std::vector<PlacedCell> cells;
    for (std::size_t i = 0; i < x.size(); ++i)
        cells.push_back({{x[i], y[i], z[i]}, read_morphology(entry.morphology_file(name[i]))});
    return cells;
}

Vec3 point_on(const PlacedCell& cell, std::int64_t section, double position) {
    if (section == 0) return cell.soma;
    const auto& points = cell.morphology.sections.at(static_cast<std::size_t>(section)).points;
    double left = position * cell.morphology.sections[static_cast<std::size_t>(section)].length();
    for (std::size_t i = 0;; ++i) {
        const Vec3 a{points[i].x, points[i].y, points[i].z}, b{points[i + 1].x, points[i + 1].y, points[i + 1].z};
        const double l = distance(a, b);
        if (left <= l || i + 2 == points.size()) return cell.at(a + (l > 0 ? left / l : 0) * (b - a));
        left -= l;
    }
}

std::vector<std::int64_t> all_edges(const EdgePopulation& edges) {
    std::vector<std::int64_t> ids(static_cast<std::size_t>(edges.size()));
    std::iota(ids.begin(), ids.end(), 0);
    return ids;
}

std::vector<Vec3> points_of(const EdgePopulation& edges, const std::string& prefix) {
    const auto ids = all_edges(edges);
    const auto x = edges.numbers(prefix + "_x", ids), y = edges.numbers(prefix + "_y", ids),
               z = edges.numbers(prefix + "_z", ids);
    std::vector<Vec3> points;
    for (std::size_t i = 0; i < ids.size(); ++i) points.push_back({x[i], y[i], z[i]});
    return points;
}

}  // namespace ngv::circuit
