// A SONATA circuit_config.json: which populations there are, and in which files. Nothing but the config (and, where the
// config does not name populations, the names in the HDF5 files) is read here.
//
//     auto circuit = ngv::CircuitConfig::load("circuit_config.json");
//     for (auto& p : circuit.nodes()) fmt::print("{} is {}: {}\n", p.name, p.index, p.type);
//     ngv::NodePopulation cells(circuit.node_population("cortex"));
//
// Both dialects: BBP/OBI (`populations: {name: {type}}`, manifest "$BASE") and Allen (`node_types_file` CSV,
// "${BASE_DIR}"; also a config.json with a "network" entry that points to the circuit).
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace ngv {

struct NodePopulationEntry {
    std::string name;
    std::string type;  ///< biophysical, astrocyte, vasculature, virtual, point_neuron, ...; "" when the files tell only
                       ///< per node
    int index = 0;     ///< place among all node populations sorted by name: the population part of cell ids
    std::filesystem::path file;
    std::filesystem::path types_file = {};  ///< node_types CSV; empty if none
    std::map<std::string, std::filesystem::path> components =
        {};                  ///< circuit components with this population's overrides
    std::string where = {};  ///< "file:line" of its entry

    /// The file of a morphology by its name in the nodes file: tries .asc, .h5, .swc in the folders of the components
    /// (in this order, as neurodamus prefers them), and the name as it stands; "all.h5/name" for a container file.
    /// UserError naming the folders looked at.
    std::filesystem::path morphology_file(const std::string& morphology) const;
    /// E.g. component("morphologies_dir"); UserError if the circuit names none.
    const std::filesystem::path& component(const std::string& name) const;
};

struct EdgePopulationEntry {
    std::string name;
    std::string type;  ///< chemical, electrical, synapse_astrocyte, endfoot, ...; "" if the config does not say (Allen)
    std::filesystem::path file;
    std::filesystem::path types_file = {};
    std::string where = {};
};

class CircuitConfig {
  public:
    static CircuitConfig load(const std::filesystem::path& file);

    const std::vector<NodePopulationEntry>& nodes() const { return nodes_; }  ///< sorted by name
    const std::vector<EdgePopulationEntry>& edges() const { return edges_; }  ///< sorted by name
    bool has_nodes(const std::string& name) const;
    bool has_edges(const std::string& name) const;
    /// UserError that lists what is there, with the nearest name.
    const NodePopulationEntry& node_population(const std::string& name) const;
    const EdgePopulationEntry& edge_population(const std::string& name) const;
    std::vector<NodePopulationEntry> nodes_of_type(const std::string& type) const;
    std::vector<EdgePopulationEntry> edges_of_type(const std::string& type) const;

    const std::filesystem::path& node_sets_file() const { return node_sets_file_; }  ///< empty if none
    const std::map<std::string, std::filesystem::path>& components() const { return components_; }
    const std::filesystem::path& file() const { return file_; }

  private:
    std::filesystem::path file_, node_sets_file_;
    std::map<std::string, std::filesystem::path> components_;
    std::vector<NodePopulationEntry> nodes_;
    std::vector<EdgePopulationEntry> edges_;
};

}  // namespace ngv
