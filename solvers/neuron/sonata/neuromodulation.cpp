#include "solvers/neuron/sonata/neuromodulation.hpp"

#include <fmt/format.h>

#include <cmath>

#include "ngv/error.hpp"
#include "solvers/common/log.hpp"
#include "solvers/neuron/sonata/synapse_edges.hpp"

namespace ngv::neuron {

namespace {

constexpr double reach = 0.05;  // of relative position

struct Site {
    double position;
    std::size_t population;
    std::int64_t edge;
};

/// Synapses on some cells of a population by (node id, section).
using Sites = std::map<std::pair<std::int64_t, std::int64_t>, std::vector<Site>>;

Sites synapses_on(const Network& network, const std::string& population, const std::vector<std::int64_t>& nodes) {
    Sites result;
    const auto& edges = network.circuit().edges();
    for (std::size_t p = 0; p < edges.size(); ++p) {
        if (edges[p].type != "chemical" && edges[p].type != "TM_synapse") continue;
        const EdgePopulation synapses(edges[p]);
        if (synapses.target_population() != population) continue;
        const EdgeSelection mine = synapses.afferent(nodes);
        const auto section = synapses.integers("afferent_section_id", mine.edges);
        const auto position = synapses.numbers("afferent_section_pos", mine.edges);
        for (std::size_t n = 0; n < nodes.size(); ++n)
            for (auto i = mine.offsets[n]; i < mine.offsets[n + 1]; ++i) {
                const auto k = static_cast<std::size_t>(i);
                result[{nodes[n], section[k]}].push_back({position[k], p, mine.edges[k]});
            }
    }
    return result;
}

}  // namespace

ModulatedSynapses modulated_synapses(Network& network, const std::vector<Replay>& replays) {
    ModulatedSynapses result;
    for (std::size_t p = 0; p < network.circuit().edges().size(); ++p) {
        const auto& entry = network.circuit().edges()[p];
        if (entry.type != "neuromodulatory") continue;
        const EdgePopulation edges(entry);
        const auto& source = network.nodes().population(edges.source_population());
        const auto& target = network.nodes().population(edges.target_population());
        const auto live = live_edges(network, edges, entry, source, target, replays);
        if (live.empty()) continue;
        const EdgeColumns columns(edges, live);
        const auto section = columns.numbers("afferent_section_id"), position = columns.numbers("afferent_section_pos");
        const auto delay = columns.numbers("delay"), strength = columns.numbers("neuromod_strength"),
                   decay = columns.numbers("neuromod_dtc");
        std::vector<std::int64_t> cells;
        for (const auto& e : live)
            if (cells.empty() || cells.back() != e.target) cells.push_back(e.target);
        const Sites sites = synapses_on(network, target.entry.name, cells);
        std::size_t alone = 0;
        for (std::size_t i = 0; i < live.size(); ++i) {
            const LiveEdge& e = live[i];
            const std::string where = fmt::format("edge {} of population '{}'", e.edge, entry.name);
            const Site* nearest = nullptr;
            double distance = reach;
            if (const auto here = sites.find({e.target, static_cast<std::int64_t>(section[i])}); here != sites.end())
                for (const Site& s : here->second)
                    if (const double d = std::abs(s.position - position[i]); d < distance) {
                        nearest = &s;
                        distance = d;
                    }
            if (!nearest) {
                ++alone;
                continue;
            }
            Modulation m{p, e.edge, e.source, e.target, e.cell, e.settings, 0, 0, 0};
            m.delay = e.settings->delay ? *e.settings->delay
                                        : rounded_delay(delay[i], network.config().dt, e.edge, entry.name);
            m.strength = e.settings->neuromodulation_strength.value_or(strength[i]);
            m.decay = e.settings->neuromodulation_dtc.value_or(decay[i]);
            if (!(m.decay > 0))
                throw UserError(
                    Problem{where, fmt::format("has a neuromod_dtc of {} ms, expected more than 0", m.decay), ""});
            result[{nearest->population, nearest->edge}].push_back(std::move(m));
        }
        if (alone > 0)
            log_info("{} of {} edges of '{}' are left out: there is no synapse near them", alone, live.size(),
                     entry.name);
    }
    return result;
}

void add_modulation(Network& network, const std::vector<Modulation>& modulations, const std::vector<Replay>& replays,
                    Point synapse, int node, const Utilisation& use) {
    EngineBuilder& b = network.builder();
    LocalCell& cell = *modulations.front().cell;
    const Point modulation =
        b.add_point(cell.gid, node, "NeuroModulation", {{"use0", use.at_rest}, {"most", use.most}});
    b.set_pointer(modulation, "use", {.variable = use.variable, .point = synapse});
    cell.points.push_back({modulation, "NeuroModulation", node, modulations.front().edge});
    for (const Modulation& m : modulations) {
        const EdgePopulation edges(network.circuit().edges()[m.population]);
        const auto& source = network.nodes().population(edges.source_population());
        const LiveEdge edge{m.edge, 0, m.source, m.target, &cell, node, m.settings};
        connect(network, edge, source, replays, modulation, m.delay, {1, m.strength, m.decay}, 1, 0,
                order_of(m.population, m.edge));
    }
}

}  // namespace ngv::neuron
