// SONATA node_sets.json: names for groups of nodes.
//
//     auto sets = ngv::NodeSets::load(circuit.node_sets_file());
//     std::vector<std::int64_t> ids = sets.resolve("Excitatory", cells);    // sorted node ids of this population
//
// {"L5": {"layer": "5", "etype": ["bAC", "cAC"]},  "few": {"population": "cortex", "node_id": [0, 3]},
//  "thick": {"diameter": {"$gt": 2}}, "tufted": {"mtype": {"$regex": "L5_T.*"}},  "all": ["L5", "few"]}
// Several keys must all hold; a list of values is "one of"; a list of names is the union.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "solvers/common/json.hpp"
#include "solvers/common/nodes.hpp"

namespace ngv {

class NodeSets {
  public:
    NodeSets() = default;  ///< no sets
    static NodeSets load(const std::filesystem::path& file);
    /// The sets of `other` are added; a set of the same name is replaced (a simulation's node sets extend the
    /// circuit's).
    void extend(const NodeSets& other);

    /// Adds or replaces one set: {"attribute": value} or a list of names.
    void add(const std::string& name, const Json& rule);

    bool has(const std::string& name) const;
    std::vector<std::string> names() const;
    /// Sorted ids of the nodes of `population` in the set. A set that names other populations, or attributes that this
    /// population does not have, is empty here. UserError: unknown name (with the nearest), compound sets in a circle,
    /// an attribute that a set with this very `population` asks for and does not exist.
    std::vector<std::int64_t> resolve(const std::string& name, const NodePopulation& population) const;

  private:
    std::vector<std::pair<std::string, Json>> sets_;
    std::vector<std::int64_t> resolve(const std::string& name, const NodePopulation& population,
                                      std::vector<std::string>& path) const;
};

}  // namespace ngv
