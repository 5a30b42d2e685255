#include "solvers/neuron/sonata/report_places.hpp"

#include <algorithm>
#include <string_view>

#include "solvers/neuron/cells/cell_description.hpp"

namespace ngv::neuron {

std::vector<std::size_t> compartments_of(const Blueprint& b, const ReportRequest& r) {
    static const std::map<std::string, int> types{{"soma", 1}, {"axon", 2}, {"dend", 3}, {"apic", 4}};
    std::vector<std::size_t> result;
    for (std::size_t s = 0; s + 1 < b.first_compartment.size(); ++s) {
        const auto first = static_cast<std::size_t>(b.first_compartment[s]),
                   last = static_cast<std::size_t>(b.first_compartment[s + 1]);
        if (first == last) continue;
        if (r.sections != "all" && b.section_type[first] != types.at(r.sections)) continue;
        for (std::size_t c = first; c < last; ++c)
            if (!r.center || c == first + (last - first) / 2) result.push_back(c);
    }
    return result;
}

NodesWith::NodesWith(const Blueprint& b, const std::string& name) {
    std::vector<std::string> mechanisms;
    for (const auto& d : b.densities) mechanisms.push_back(d.mechanism);
    const auto dot = name.find('.');
    const std::string mechanism =
        dot != std::string::npos ? name.substr(0, dot) : resolve_variable(name, mechanisms).mechanism;
    if (mechanism.empty()) {
        everywhere_ = name.find('_') == std::string::npos ? !name.starts_with("IClamp") && !name.starts_with("SEClamp")
                                                          : name == "i_membrane" || name == "i_cap";
        return;
    }
    for (const auto& d : b.densities)
        if (d.mechanism == mechanism) {
            nodes_ = &d.nodes;
            return;
        }
}

bool NodesWith::has(int node) const {
    return everywhere_ || (nodes_ && std::binary_search(nodes_->begin(), nodes_->end(), node));
}

NamedPoints::NamedPoints(const LocalCell& cell, const Blueprint& b, const std::string& mechanism) {
    for (const auto& p : cell.points)
        if (std::string_view(p.mechanism).starts_with(mechanism)) by_node_[p.node].push_back(&p);
    if (by_node_.empty()) return;
    for (std::size_t c = 0; c < b.node.size(); ++c)
        if (by_node_.contains(b.node[c])) sections_.insert(b.section[c]);
}

const std::vector<const PlacedPoint*>& NamedPoints::at(int node) const {
    static const std::vector<const PlacedPoint*> none;
    const auto it = by_node_.find(node);
    return it == by_node_.end() ? none : it->second;
}

}  // namespace ngv::neuron
