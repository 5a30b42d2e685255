// Gap junctions: each edge is one side, on its target; its other side is the edge of the source cell with the matching junction id.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "ngv/error.hpp"
#include "solvers/neuron/sonata/modify_blueprint.hpp"
#include "solvers/neuron/sonata/synapse_edges.hpp"

namespace ngv::neuron {

namespace {

struct Side {
    std::int64_t node_id, edge;
    int node;
};

}  // namespace

void wire_electrical(Network& network, std::size_t place) {
    const auto& entry = network.circuit().edges()[place];
    const EdgePopulation edges(entry);
    const auto& source = network.nodes().population(edges.source_population());
    const auto& target = network.nodes().population(edges.target_population());
    const auto live = live_edges(network, edges, entry, source, target, {});
    if (live.empty()) return;
    if (&source != &target)
        throw UserError(Problem{entry.where, "gap junctions between two populations are not supported",
                                "expected source and target in one population"});

    // The other sides: edges that end on the source cells, wherever those live.
    std::set<std::int64_t> partners;
    for (const auto& e : live)
        if (source.is_simulated(e.source)) partners.insert(e.source);
    const std::vector<std::int64_t> ids(partners.begin(), partners.end());
    const EdgeSelection theirs = edges.afferent(ids);
    const auto junction = edges.integers("afferent_junction_id", theirs.edges);
    const auto section = edges.integers("afferent_section_id", theirs.edges);
    const bool by_position = edges.has("afferent_section_pos");
    const auto position = by_position ? edges.numbers("afferent_section_pos", theirs.edges)
                                      : edges.numbers("afferent_segment_offset", theirs.edges);
    const auto segment = by_position ? std::vector<std::int64_t>(theirs.edges.size())
                                     : edges.integers("afferent_segment_id", theirs.edges);
    const auto types = network.library().types(source, ids);
    std::map<std::pair<std::int64_t, std::int64_t>, Side> sides;  // by cell and junction
    for (std::size_t c = 0; c < ids.size(); ++c) {
        const auto blueprint = network.library().blueprint(types[c]);
        for (auto i = theirs.offsets[c]; i < theirs.offsets[c + 1]; ++i) {
            const auto k = static_cast<std::size_t>(i);
            const std::string where = fmt::format("edge {} of population '{}'", theirs.edges[k], entry.name);
            double x = position[k];
            if (!by_position) {
                const auto& arc = network.library().arc_lengths(types[c], static_cast<int>(section[k]));
                x = (arc.at(static_cast<std::size_t>(segment[k])) + x) / arc.back();
            }
            sides[{ids[c], junction[k]}] = {ids[c], theirs.edges[k],
                                            node_in(*blueprint, section[k], std::clamp(x, 1e-7, 0.9999999), where)};
        }
    }

    const EdgeColumns columns(edges, live);
    const auto conductance = columns.numbers("conductance"), other = columns.numbers("efferent_junction_id");
    for (std::size_t i = 0; i < live.size(); ++i) {
        const LiveEdge& e = live[i];
        if (!source.is_simulated(e.source)) continue;
        const auto it = sides.find({e.source, static_cast<std::int64_t>(other[i])});
        if (it == sides.end())
            throw UserError(
                Problem{fmt::format("edge {} of population '{}'", e.edge, entry.name),
                        fmt::format("has efferent_junction_id {}, which no edge on cell {} has as afferent_junction_id",
                                    other[i], e.source),
                        "each gap junction needs an edge for both of its sides"});
        if (it->second.node < 0) continue;  // on an axon that was replaced
        const Point gap =
            network.builder().add_point(e.cell->gid, e.node, "Gap", {{"g", conductance[i] * e.settings->weight}});
        e.cell->points.push_back({gap, "Gap", e.node, e.row});
        network.builder().add_transfer({.variable = "vgap", .point = gap}, source.gid(e.source), it->second.node);
    }
}

}  // namespace ngv::neuron
