// What connection_overrides say about single edges of a population.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "solvers/neuron/sonata/nodes_of_simulation.hpp"
#include "solvers/neuron/sonata/simulation_config.hpp"

namespace ngv::neuron {

/// The settings of one connection after all overrides.
struct EdgeSettings {
    double weight = 1;
    std::optional<double> spont_minis = {}, delay = {}, neuromodulation_dtc = {}, neuromodulation_strength = {};
    std::string modoverride = {};
    std::vector<const ConnectionOverride*> configure = {};
    std::vector<std::pair<double, double>> changes = {};  ///< (ms, factor): from then on the weight of spikes
};

/// Overrides that concern the edges between two populations. As in neurodamus: if there are any, edges that none of them matches
/// are not made.
class EdgeOverrides {
  public:
    EdgeOverrides(const SimulationConfig& config, const SimulationNodes& nodes, const SimulatedPopulation& source,
                  const SimulatedPopulation& target);
    /// Nothing: the edge is not made (no override matches, or its weight is 0 for ever). Edges that the same overrides match share it.
    std::shared_ptr<const EdgeSettings> settings(std::int64_t source_id, std::int64_t target_id);
    bool empty() const { return rules_.empty(); }

  private:
    struct Rule {
        const ConnectionOverride* what;
        std::vector<std::int64_t> sources, targets;
    };
    std::optional<EdgeSettings> after(const std::vector<char>& matches) const;

    std::vector<Rule> rules_;
    std::map<std::vector<char>, std::shared_ptr<const EdgeSettings>> known_;  ///< by which rules match
};

}  // namespace ngv::neuron
