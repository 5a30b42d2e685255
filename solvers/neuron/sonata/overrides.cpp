#include "solvers/neuron/sonata/overrides.hpp"

#include <algorithm>

namespace ngv::neuron {

EdgeOverrides::EdgeOverrides(const SimulationConfig& config, const SimulationNodes& nodes,
                             const SimulatedPopulation& source, const SimulatedPopulation& target) {
    for (const auto& o : config.overrides) {
        Rule rule{&o, nodes.resolve(o.source, source, o.where), nodes.resolve(o.target, target, o.where)};
        if (rule.sources.empty() || rule.targets.empty()) continue;
        rules_.push_back(std::move(rule));
    }
}

std::shared_ptr<const EdgeSettings> EdgeOverrides::settings(std::int64_t source_id, std::int64_t target_id) {
    std::vector<char> matches;
    for (const auto& rule : rules_)
        matches.push_back(std::binary_search(rule.sources.begin(), rule.sources.end(), source_id) &&
                          std::binary_search(rule.targets.begin(), rule.targets.end(), target_id));
    const auto [it, is_new] = known_.try_emplace(matches);
    if (is_new)
        if (const auto s = after(matches)) it->second = std::make_shared<const EdgeSettings>(*s);
    return it->second;
}

std::optional<EdgeSettings> EdgeOverrides::after(const std::vector<char>& matches) const {
    EdgeSettings s;
    if (rules_.empty()) return s;
    bool matched = false;
    for (std::size_t r = 0; r < rules_.size(); ++r) {
        if (!matches[r]) continue;
        const ConnectionOverride& o = *rules_[r].what;
        if (o.delay > 0) {  // changes what others make
            s.changes.emplace_back(o.delay, o.weight);
            continue;
        }
        matched = true;
        s.weight = o.weight;
        if (o.spont_minis) s.spont_minis = o.spont_minis;
        if (o.synapse_delay) s.delay = o.synapse_delay;
        if (o.neuromodulation_dtc) s.neuromodulation_dtc = o.neuromodulation_dtc;
        if (o.neuromodulation_strength) s.neuromodulation_strength = o.neuromodulation_strength;
        if (!o.modoverride.empty()) s.modoverride = o.modoverride;
        if (!o.configure.empty()) s.configure.push_back(&o);
    }
    const bool any = std::any_of(rules_.begin(), rules_.end(), [](const Rule& r) { return r.what->delay <= 0; });
    if ((any && !matched) || (s.weight == 0 && s.changes.empty())) return std::nullopt;
    std::stable_sort(s.changes.begin(), s.changes.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    return s;
}

}  // namespace ngv::neuron
