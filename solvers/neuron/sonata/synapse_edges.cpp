#include "solvers/neuron/sonata/synapse_edges.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "ngv/error.hpp"
#include "solvers/common/log.hpp"
#include "solvers/neuron/sonata/edge_places.hpp"

namespace ngv::neuron {

namespace {

constexpr std::size_t portion_size = 1 << 20;

/// Finds the nodes of edges on cells with a morphology. Drops, and counts, those on sections that have been replaced.
std::size_t place_on_cells(Network& network, const EdgePopulation& edges, std::vector<LiveEdge>& live) {
    const auto on_cell = [](const LiveEdge& e) { return e.cell->type.description->point.empty(); };
    if (std::none_of(live.begin(), live.end(), on_cell)) return 0;
    std::vector<std::int64_t> rows;
    for (const auto& e : live) rows.push_back(e.edge);
    const EdgePlaces places(network, edges, rows, "afferent");
    for (std::size_t i = 0; i < live.size(); ++i)
        if (on_cell(live[i])) live[i].node = places.node(*live[i].cell, i);
    return std::erase_if(live, [&](const auto& e) { return on_cell(e) && e.node < 0; });
}

bool has_minis(Network& network, const LocalCell& cell) {
    for (const char* column : {"exc_mini_frequency", "inh_mini_frequency", "exc-mini_frequency", "inh-mini_frequency"})
        if (network.node_value(cell, column, 0) > 0) return true;
    return false;
}

}  // namespace

bool Replay::reaches(const SimulatedPopulation* population, std::int64_t node_id) const {
    if (targets.empty()) return true;
    const auto it = targets.find(population);
    return it != targets.end() && std::binary_search(it->second.begin(), it->second.end(), node_id);
}

void for_live_edges(Network& network, const EdgePopulation& edges, const EdgePopulationEntry& entry,
                    const SimulatedPopulation& source, const SimulatedPopulation& target,
                    const std::vector<Replay>& replays, const std::function<void(const std::vector<LiveEdge>&)>& make) {
    if (target.mine.empty()) return;
    EdgeOverrides overrides(network.config(), network.nodes(), source, target);
    // With no source that fires, no replay and no minis the file is not even opened further.
    const bool replayed =
        std::any_of(replays.begin(), replays.end(), [&](const auto& r) { return r.source == &source; });
    std::set<std::int64_t> with_minis;
    for (auto id : target.mine)
        if (has_minis(network, network.cells().at(target.gid(id)))) with_minis.insert(id);
    const bool any_minis =
        !with_minis.empty() || std::any_of(network.config().overrides.begin(), network.config().overrides.end(),
                                           [](const auto& o) { return o.spont_minis.value_or(0) > 0; });
    if (source.simulated.empty() && !replayed && !any_minis) return;

    const EdgeSelection mine = edges.afferent(target.mine);
    const auto sources = edges.sources(mine.edges);
    std::vector<LiveEdge> portion;
    std::size_t replaced = 0, all = 0;
    const auto hand_over = [&] {
        all += portion.size();
        replaced += place_on_cells(network, edges, portion);
        std::stable_sort(portion.begin(), portion.end(), [](const auto& a, const auto& b) {
            return std::tuple(a.target, -a.source, a.row) < std::tuple(b.target, -b.source, b.row);
        });
        if (!portion.empty()) make(portion);
        portion.clear();
    };
    for (std::size_t t = 0; t < target.mine.size(); ++t) {
        if (portion.size() >= portion_size) hand_over();
        LocalCell& cell = network.cells().at(target.gid(target.mine[t]));
        const auto first = mine.offsets[t];
        for (auto i = first; i < mine.offsets[t + 1]; ++i) {
            const auto k = static_cast<std::size_t>(i);
            auto settings = overrides.settings(sources[k], cell.node_id);
            if (!settings) continue;
            const bool minis = settings->spont_minis ? *settings->spont_minis > 0 : with_minis.contains(cell.node_id);
            const bool active =
                minis || source.is_simulated(sources[k]) ||
                std::any_of(replays.begin(), replays.end(), [&](const auto& r) {
                    return r.source == &source && r.times.contains(sources[k]) && r.reaches(&target, cell.node_id);
                });
            if (!active) continue;
            portion.push_back({mine.edges[k], i - first, sources[k], cell.node_id, &cell, -1, std::move(settings)});
        }
    }
    hand_over();
    if (replaced > 0)
        log_info("{} of {} edges of '{}' are left out: they are on axon sections that the cell model replaces",
                 replaced, all, entry.name);
}

std::vector<LiveEdge> live_edges(Network& network, const EdgePopulation& edges, const EdgePopulationEntry& entry,
                                 const SimulatedPopulation& source, const SimulatedPopulation& target,
                                 const std::vector<Replay>& replays) {
    std::vector<LiveEdge> result;
    for_live_edges(network, edges, entry, source, target, replays, [&](const std::vector<LiveEdge>& portion) {
        result.insert(result.end(), portion.begin(), portion.end());
    });
    return result;
}

EdgeColumns::EdgeColumns(const EdgePopulation& edges, const std::vector<LiveEdge>& live)
    : edges_(edges), place_(live.size()) {
    std::vector<std::size_t> order(live.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](auto a, auto b) { return live[a].edge < live[b].edge; });
    for (std::size_t i = 0; i < order.size(); ++i) {
        rows_.push_back(live[order[i]].edge);
        place_[order[i]] = i;
    }
}

template <class T, class Read>
std::vector<T> EdgeColumns::in_order(Read&& read) const {
    const std::vector<T> values = read(rows_);
    std::vector<T> result;
    result.reserve(values.size());
    for (const auto i : place_) result.push_back(values[i]);
    return result;
}

std::vector<double> EdgeColumns::numbers(const std::string& name, std::optional<double> fallback) const {
    return in_order<double>([&](const auto& rows) { return edges_.numbers(name, rows, fallback); });
}

std::vector<std::string> EdgeColumns::texts(const std::string& name, std::optional<std::string> fallback) const {
    return in_order<std::string>([&](const auto& rows) { return edges_.texts(name, rows, fallback); });
}

double rounded_delay(double delay, double dt, std::int64_t edge, const std::string& population) {
    if (!(delay >= 0 && delay < 1e4))
        throw UserError(Problem{fmt::format("edge {} of population '{}'", edge, population),
                                fmt::format("has a delay of {} ms, expected 0 to 10000 ms", delay), ""});
    return std::max(1, static_cast<int>(delay / dt + 1e-5)) * dt;
}

std::int64_t order_of(std::size_t population, std::int64_t edge) {
    return (static_cast<std::int64_t>(population) << 44) | edge;
}

std::int64_t replay_source(const SimulatedPopulation& population, std::int64_t node_id, std::size_t replay) {
    NGV_ASSERT(replay < (1u << 18));
    return population.gid(node_id) | static_cast<std::int64_t>(1 + replay);
}

void connect(Network& network, const LiveEdge& edge, const SimulatedPopulation& source,
             const std::vector<Replay>& replays, Point synapse, double delay, std::vector<double> weights, double unit,
             std::size_t type_index, std::int64_t order) {
    if (source.is_simulated(edge.source)) {
        const auto connection =
            network.builder().add_connection(source.gid(edge.source), synapse, delay, weights, order);
        for (const auto& [time, factor] : edge.settings->changes)
            network.builder().change_weight(connection, time, unit * factor);
    }
    if (type_index > 0) weights.at(type_index) = 2;
    for (std::size_t r = 0; r < replays.size(); ++r)
        if (replays[r].source == &source && replays[r].times.contains(edge.source) &&
            replays[r].reaches(edge.cell->population, edge.target))
            network.builder().add_connection(replay_source(source, edge.source, r), synapse, delay, weights, order);
}

void wire_edges(Network& network, const std::vector<Replay>& replays) {
    for (std::size_t r = 0; r < replays.size(); ++r)
        for (const auto& [node, times] : replays[r].times)
            network.builder().add_spikes(replay_source(*replays[r].source, node, r), times);
    const auto contacts = contacts_of_synapses(network);
    const auto modulated = modulated_synapses(network, replays);
    std::vector<Problem> problems;
    for (std::size_t place = 0; place < network.circuit().edges().size(); ++place) {
        const auto& entry = network.circuit().edges()[place];
        if (entry.type == "chemical" || entry.type == "TM_synapse")
            wire_chemical(network, place, replays, contacts, modulated);
        else if (entry.type == "electrical")
            wire_electrical(network, place);
        else if (entry.type.empty() || entry.type == "Exp2Syn_synapse" || entry.type == "point_process")
            wire_simple(network, place, replays);
        else if (entry.type == "glialglial")
            log_info("edges of '{}' ({}) have no model and are left out", entry.name, entry.type);
        else if (entry.type != "synapse_astrocyte" && entry.type != "endfoot" && entry.type != "neuromodulatory")
            problems.push_back({entry.where,
                                "edge population '" + entry.name + "' is of type '" + entry.type +
                                    "', which neuron-solver does not simulate",
                                "types it knows: chemical, electrical, Exp2Syn_synapse, point_process, "
                                "synapse_astrocyte, endfoot, neuromodulatory"});
    }
    if (!problems.empty()) throw UserError(problems);
    wire_contacts(network);
    wire_endfeet(network);
}

}  // namespace ngv::neuron
