#include "solvers/neuron/sonata/nodes_of_simulation.hpp"

#include <algorithm>
#include <numeric>

#include "ngv/error.hpp"
#include "solvers/common/ids.hpp"

namespace ngv::neuron {

namespace {

NodeKind kind_of(const std::string& type) {
    if (type == "biophysical" || type == "single_compartment" || type == "astrocyte") return NodeKind::cell;
    if (type == "point_process" || type == "point_neuron") return NodeKind::point;
    if (type == "virtual") return NodeKind::virtual_source;
    return NodeKind::none;
}

}  // namespace

NodeKind SimulatedPopulation::kind(std::int64_t node_id) const {
    if (kinds.empty()) return kind_of(entry.type);
    return kind_of(kinds.at(static_cast<std::size_t>(node_id)));
}

std::int64_t SimulatedPopulation::gid(std::int64_t node_id) const {
    return cell_id(entry.index, node_id);
}

bool SimulatedPopulation::is_simulated(std::int64_t node_id) const {
    return std::binary_search(simulated.begin(), simulated.end(), node_id);
}

SimulationNodes::SimulationNodes(const CircuitConfig& circuit, NodeSets sets, const std::string& node_set)
    : sets_(std::move(sets)) {
    std::int64_t offset = 0, total = 0;
    for (const auto& entry : circuit.nodes()) {
        if (entry.type == "vasculature") continue;
        SimulatedPopulation p{entry, NodePopulation(entry)};
        const auto ids = p.nodes.ids();
        const std::int64_t largest = ids.empty() ? 0 : *std::max_element(ids.begin(), ids.end());
        if (entry.type.empty()) {
            const auto types = p.nodes.texts("model_type");
            p.kinds.resize(static_cast<std::size_t>(largest) + 1);
            for (std::size_t i = 0; i < ids.size(); ++i) p.kinds[static_cast<std::size_t>(ids[i])] = types[i];
        }
        const auto chosen = node_set.empty() ? ids : resolve(node_set, p, circuit.file().string());
        for (auto id : chosen)
            if (const auto kind = p.kind(id); kind == NodeKind::cell || kind == NodeKind::point)
                p.simulated.push_back(id);
        std::sort(p.simulated.begin(), p.simulated.end());
        if (!p.simulated.empty()) {
            p.legacy_offset = offset;
            offset += (largest / 1000 + 1) * 1000;
        }
        total += static_cast<std::int64_t>(p.simulated.size());
        populations_.push_back(std::move(p));
    }
    if (total == 0)
        throw UserError(Problem{circuit.file().string(),
                                node_set.empty() ? "the circuit has no cells to simulate"
                                                 : "node set '" + node_set + "' has no cells to simulate",
                                node_set.empty() ? "expected a population of type biophysical or point_process"
                                                 : did_you_mean(node_set, sets_.names())});
}

bool SimulationNodes::has(const std::string& name) const {
    return std::any_of(populations_.begin(), populations_.end(), [&](const auto& p) { return p.entry.name == name; });
}

const SimulatedPopulation& SimulationNodes::population(const std::string& name) const {
    const auto it =
        std::find_if(populations_.begin(), populations_.end(), [&](const auto& p) { return p.entry.name == name; });
    if (it != populations_.end()) return *it;
    std::vector<std::string> names;
    for (const auto& p : populations_) names.push_back(p.entry.name);
    throw UserError(Problem{"node populations", "there is no population '" + name + "'", did_you_mean(name, names)});
}

std::vector<std::int64_t> SimulationNodes::resolve(const std::string& node_set, const SimulatedPopulation& p,
                                                   const std::string& where) const {
    if (sets_.has(node_set)) return sets_.resolve(node_set, p.nodes);
    if (node_set == p.entry.name || node_set == "All" || node_set == "all") {
        auto ids = p.nodes.ids();
        std::sort(ids.begin(), ids.end());
        return ids;
    }
    if (has(node_set)) return {};
    // While populations are still being read, a later one may have this name.
    auto names = sets_.names();
    for (const auto& q : populations_) names.push_back(q.entry.name);
    throw UserError(Problem{where, "there is no node set '" + node_set + "'", did_you_mean(node_set, names)});
}

}  // namespace ngv::neuron
