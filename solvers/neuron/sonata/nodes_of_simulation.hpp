// Which nodes a simulation has: populations of the circuit, the nodes of its node_set, what each of them is.
//
//     SimulationNodes nodes(circuit, sets, config.node_set);
//     for (auto& p : nodes.populations()) ...  p.simulated: ids of cells, sorted; p.nodes: their attributes
//     nodes.resolve("Excitatory", population)
#pragma once

#include <map>
#include <string>
#include <vector>

#include "solvers/common/circuit.hpp"
#include "solvers/common/node_sets.hpp"
#include "solvers/common/nodes.hpp"

namespace ngv::neuron {

enum class NodeKind { cell, point, virtual_source, none };  ///< cell: with a morphology, astrocytes too; none: vessels

struct SimulatedPopulation {
    NodePopulationEntry entry;
    NodePopulation nodes;
    std::vector<std::int64_t> simulated = {};  ///< cells and points of the node set, sorted
    std::vector<std::int64_t> mine = {};       ///< of this rank, sorted; set by who distributes
    std::int64_t legacy_offset = 0;            ///< what neurodamus adds to node ids of this population, for its seeds

    NodeKind kind(std::int64_t node_id) const;
    std::int64_t gid(std::int64_t node_id) const;  ///< global id: source of spikes, cell of the engine
    /// neurodamus' number of the cell in its random seeds: counted from 1.
    std::int64_t legacy_gid(std::int64_t node_id) const { return node_id + legacy_offset + 1; }
    bool is_simulated(std::int64_t node_id) const;

    std::vector<std::string> kinds = {};  ///< model_type a node where the population has no type
};

class SimulationNodes {
  public:
    /// `node_set`: empty for all that is not virtual. UserError if nothing is left to simulate.
    SimulationNodes(const CircuitConfig& circuit, NodeSets sets, const std::string& node_set);

    std::vector<SimulatedPopulation>& populations() { return populations_; }  ///< all but vessels, sorted by name
    const std::vector<SimulatedPopulation>& populations() const { return populations_; }
    const SimulatedPopulation& population(const std::string& name) const;
    bool has(const std::string& name) const;
    /// Ids of a node set (or of the population, by its name), sorted. UserError for an unknown name, at `where`.
    std::vector<std::int64_t> resolve(const std::string& node_set, const SimulatedPopulation& population,
                                      const std::string& where) const;
    const NodeSets& sets() const { return sets_; }

  private:
    NodeSets sets_;
    std::vector<SimulatedPopulation> populations_;
};

}  // namespace ngv::neuron
