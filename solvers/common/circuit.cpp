#include "solvers/common/circuit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

#include "ngv/error.hpp"
#include "solvers/common/hdf5.hpp"
#include "solvers/common/json.hpp"
#include "solvers/common/manifest.hpp"
#include "solvers/common/types_table.hpp"

namespace ngv {

namespace {

namespace fs = std::filesystem;

std::map<std::string, fs::path> read_components(const Json& map, const Manifest& manifest,
                                                std::map<std::string, fs::path> components) {
    for (const auto& key : map.keys()) {
        const auto value = map[key];
        if (key == "alternate_morphologies" && value.is_map()) {
            for (const auto& kind : value.keys()) components[key + "/" + kind] = manifest.path(value[kind]);
        } else if ((key.ends_with("_dir") || key.ends_with("_file") || key.ends_with("_mesh")) && !value.is_map() &&
                   !value.is_list() && !value.is_null()) {
            components[key] = manifest.path(value);
        }
    }
    return components;
}

fs::path optional_path(const Json& entry, const std::string& key, const Manifest& manifest) {
    if (!entry.has(key) || entry[key].is_null() || entry[key].text().empty() || entry[key].text() == "NULL") return {};
    return manifest.path(entry[key]);
}

/// The populations of a row of networks.nodes (edges): as the config names them, else as the file has them.
std::vector<std::pair<std::string, Json>> populations_of(const Json& row, const fs::path& file, const char* top) {
    std::vector<std::pair<std::string, Json>> result;
    if (row.has("populations") && !row["populations"].is_null()) {
        for (const auto& name : row["populations"].keys()) result.emplace_back(name, row["populations"][name]);
        return result;
    }
    const auto h5 = h5::File::open(file);
    for (const auto& name : h5.group(top).list()) result.emplace_back(name, row);
    return result;
}

template <class Entry>
void sort_and_check(std::vector<Entry>& entries, const char* what) {
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    for (std::size_t i = 1; i < entries.size(); ++i) {
        if (entries[i].name == entries[i - 1].name) {
            throw UserError(
                Problem{entries[i].where,
                        fmt::format("the {} population '{}' stands twice in the circuit", what, entries[i].name),
                        "populations need different names; the other one is at " + entries[i - 1].where});
        }
    }
}

template <class Entry>
const Entry& find(const std::vector<Entry>& entries, const std::string& name, const fs::path& file, const char* what) {
    const auto it = std::find_if(entries.begin(), entries.end(), [&](const auto& e) { return e.name == name; });
    if (it != entries.end()) return *it;
    std::vector<std::string> names;
    for (const auto& e : entries) names.push_back(e.name);
    throw UserError(
        Problem{file.string(),
                fmt::format("the circuit has no {} population '{}' (it has: {})", what, name, fmt::join(names, ", ")),
                did_you_mean(name, names)});
}

template <class Entry>
std::vector<Entry> of_type(const std::vector<Entry>& entries, const std::string& type) {
    std::vector<Entry> result;
    std::copy_if(entries.begin(), entries.end(), std::back_inserter(result),
                 [&](const auto& e) { return e.type == type; });
    return result;
}

}  // namespace

CircuitConfig CircuitConfig::load(const fs::path& file) {
    const auto config = Json::load(file);
    if (!config.is_map()) throw config.error("expected a circuit config: {\"networks\": ...}");
    const Manifest manifest(config);
    if (!config.has("networks") && config.has("network")) return load(manifest.path(config["network"]));

    CircuitConfig circuit;
    circuit.file_ = file;
    if (config.has("components")) circuit.components_ = read_components(config["components"], manifest, {});
    circuit.node_sets_file_ = optional_path(config, "node_sets_file", manifest);

    const auto networks = config["networks"];
    for (const auto& row : networks["nodes"].list()) {
        const auto nodes_file = manifest.path(row["nodes_file"]);
        const auto types = optional_path(row, "node_types_file", manifest);
        for (const auto& [name, entry] : populations_of(row, nodes_file, "nodes")) {
            auto type = entry.text("type", "");
            if (type.empty() && !types.empty()) {
                const auto kinds = TypesTable::load(types, "node_type_id").distinct("model_type");
                if (kinds.size() == 1) type = kinds[0];
            }
            circuit.nodes_.push_back({.name = name,
                                      .type = type,
                                      .file = nodes_file,
                                      .types_file = types,
                                      .components = read_components(entry, manifest, circuit.components_),
                                      .where = entry.where()});
        }
    }
    if (networks.has("edges") && !networks["edges"].is_null()) {
        for (const auto& row : networks["edges"].list()) {
            const auto edges_file = manifest.path(row["edges_file"]);
            const auto types = optional_path(row, "edge_types_file", manifest);
            for (const auto& [name, entry] : populations_of(row, edges_file, "edges")) {
                circuit.edges_.push_back({.name = name,
                                          .type = entry.text("type", ""),
                                          .file = edges_file,
                                          .types_file = types,
                                          .where = entry.where()});
            }
        }
    }
    sort_and_check(circuit.nodes_, "node");
    sort_and_check(circuit.edges_, "edge");
    for (std::size_t i = 0; i < circuit.nodes_.size(); ++i) circuit.nodes_[i].index = static_cast<int>(i);
    return circuit;
}

bool CircuitConfig::has_nodes(const std::string& name) const {
    return std::any_of(nodes_.begin(), nodes_.end(), [&](const auto& e) { return e.name == name; });
}
bool CircuitConfig::has_edges(const std::string& name) const {
    return std::any_of(edges_.begin(), edges_.end(), [&](const auto& e) { return e.name == name; });
}
const NodePopulationEntry& CircuitConfig::node_population(const std::string& name) const {
    return find(nodes_, name, file_, "node");
}
const EdgePopulationEntry& CircuitConfig::edge_population(const std::string& name) const {
    return find(edges_, name, file_, "edge");
}
std::vector<NodePopulationEntry> CircuitConfig::nodes_of_type(const std::string& type) const {
    return of_type(nodes_, type);
}
std::vector<EdgePopulationEntry> CircuitConfig::edges_of_type(const std::string& type) const {
    return of_type(edges_, type);
}

const fs::path& NodePopulationEntry::component(const std::string& component) const {
    const auto it = components.find(component);
    if (it != components.end()) return it->second;
    std::vector<std::string> names;
    for (const auto& [n, p] : components) names.push_back(n);
    throw UserError(Problem{where, fmt::format("the circuit names no '{}' for the population '{}'", component, name),
                            did_you_mean(component, names)});
}

fs::path NodePopulationEntry::morphology_file(const std::string& morphology) const {
    std::vector<fs::path> folders;
    for (const char* key :
         {"alternate_morphologies/neurolucida-asc", "alternate_morphologies/h5v1", "morphologies_dir"}) {
        if (const auto it = components.find(key); it != components.end()) folders.push_back(it->second);
    }
    std::string tried;
    for (const char* ending : {".asc", ".h5", ".swc", ""}) {
        for (const auto& folder : folders) {
            const auto candidate = folder / (morphology + ending);
            if (fs::is_regular_file(candidate)) return candidate;
        }
    }
    for (const auto& folder : folders) {
        // One file that holds all morphologies, a group each.
        if (folder.extension() == ".h5" && fs::is_regular_file(folder)) return folder / morphology;
        tried += (tried.empty() ? "" : ", ") + folder.string();
    }
    throw UserError(Problem{where,
                            fmt::format("the morphology '{}' of the population '{}' was not found in {}", morphology,
                                        name, tried.empty() ? "any folder" : tried),
                            folders.empty() ? "give components.morphologies_dir" : "endings tried: .asc, .h5, .swc"});
}

}  // namespace ngv
