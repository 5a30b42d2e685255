#include <fmt/format.h>

#include <algorithm>

#include "ngv/error.hpp"
#include "solvers/neuron/engine/assembler.hpp"
#include "solvers/neuron/engine/variable_names.hpp"

namespace ngv::neuron {

void Assembler::attachments() {
    for (const auto& cell : from_.cells)
        for (const auto& o : cell.overrides) check_override(cell.gid, o);
    for (const auto& r : from_.randoms) {
        auto [set, instance] = locate({r.point}, r.gid, r.node, r.mechanism);
        std::uint32_t* ids = set->random.data() + (r.slot * set->view.num_blocks * lanes + instance) * 5;
        std::copy(r.ids, r.ids + 3, ids);
    }
    for (auto& v : from_.vectors) {
        to_.vectors.push_back(std::move(v.values));
        to_.vector_objects.push_back({to_.vectors.back().data(), static_cast<std::int64_t>(to_.vectors.back().size())});
        auto [set, instance] = locate({v.point}, 0, 0, 0);
        set->objects[v.slot * set->view.num_blocks * lanes + instance] = &to_.vector_objects.back();
    }
    for (const auto& p : from_.pointers) {
        auto [set, instance] = locate(p.point, p.gid, p.node, p.mechanism);
        set->pointers[p.slot * set->view.num_blocks * lanes + instance] = to_.address(p.target, "pointer");
    }
    for (auto [source, point] : from_.net_event_sources) {
        auto [set, instance] = locate({point}, 0, 0, 0);
        if (set->fires.empty()) set->fires.assign(set->view.num_blocks * lanes, -1);
        set->fires[instance] = source;
    }
    for (const auto& d : from_.detectors)
        group_of(d.probe).detectors.push_back(
            {to_.address(d.probe, "spike detector"), d.threshold, 0, d.source, false});
    for (auto& c : from_.clamps) {
        const CellPlace& cell = to_.cells[to_.cell_of_gid.at(c.gid)];
        to_.groups[cell.group]->clamps.push_back(
            {static_cast<Clamp::Kind>(c.kind), cell.node(c.node), std::move(c.wave), c.rs, c.reversal, c.until, 0});
    }
    for (auto& p : from_.plays) group_of(p.target).plays.push_back({to_.address(p.target, "play"), std::move(p.wave)});
    for (std::size_t r = 0; r < from_.recorders.size(); ++r) {
        const auto& columns = from_.recorders[r].columns;
        std::map<int, GroupRecorder> parts;
        for (std::size_t c = 0; c < columns.size(); ++c) {
            auto& part = parts[group_of(columns[c]).number];
            part.recorder = static_cast<int>(r);
            part.sources.push_back(to_.address(columns[c], "recorder"));
            part.columns.push_back(static_cast<std::int32_t>(c));
        }
        for (auto& [g, part] : parts) to_.groups[g]->recorders.push_back(std::move(part));
        to_.recorders.push_back({std::move(from_.recorders[r]), 0, {}, 0});
    }
    for (auto& g : to_.groups) make_diffusion(*g);
    for (auto& g : to_.groups)
        for (MechanismSet& set : g->sets)
            for (int p = 0; p < set.mechanism->num_pointers; ++p)
                for (std::int64_t i = 0; i < set.view.num_blocks * lanes; ++i) complete_pointer(set, p, i);
}

std::pair<MechanismSet*, std::int64_t> Assembler::locate(Point point, std::int64_t gid, int node, int mechanism) {
    if (point.index >= 0) {
        const auto& p = to_.points[point.index];
        return {&to_.groups[p.group]->sets[p.set], p.instance};
    }
    const CellPlace& cell = to_.cells[to_.cell_of_gid.at(gid)];
    for (MechanismSet& set : to_.groups[cell.group]->sets) {
        if (set.number != mechanism) continue;
        for (std::size_t i = 0; i < set.node.size(); ++i)
            if (set.node[i] == cell.node(node) && set.mask[i / lanes] >> (i % lanes) & 1)
                return {&set, static_cast<std::int64_t>(i)};
    }
    throw UserError(Problem{fmt::format("node {} of cell {}", node, gid),
                            fmt::format("has no mechanism {}", from_.mechanisms[mechanism]->name), ""});
}

Group& Assembler::group_of(const Probe& p) {
    if (p.point.index >= 0) return *to_.groups[to_.points.at(p.point.index).group];
    const auto it = to_.cell_of_gid.find(p.gid);
    if (it == to_.cell_of_gid.end())
        throw UserError(
            Problem{"variable '" + p.variable + "'", fmt::format("cell {} is not on this rank", p.gid), ""});
    return *to_.groups[to_.cells[it->second].group];
}

void Assembler::check_override(std::int64_t gid, const EngineBuilder::Impl::Override& o) {
    const CellPlace& cell = to_.cells[to_.cell_of_gid.at(gid)];
    if (o.variable == "v") {
        to_.groups[cell.group]->start_voltage.emplace_back(cell.node(o.node), o.value);
    } else {
        to_.address({gid, o.node, o.variable}, "value that is set");
    }
}

void Assembler::complete_pointer(MechanismSet& set, int p, std::int64_t instance) {
    double*& pointer = set.pointers[p * set.view.num_blocks * lanes + instance];
    if (pointer) return;
    if (set.mask[instance / lanes] >> (instance % lanes) & 1)
        throw UserError(Problem{fmt::format("mechanism {}", set.mechanism->name),
                                fmt::format("its pointer '{}' points nowhere", set.mechanism->pointers[p]),
                                "set it with EngineBuilder::set_pointer"});
    pointer = &nowhere_;
}

void Assembler::make_diffusion(Group& g) {
    std::vector<double> length(g.num_nodes(), 0.0);
    std::vector<char> joint(g.num_nodes(), 0);
    if (g.number < static_cast<int>(cells_of_group_.size())) {
        for (const CellPlace* cell : cells_of_group_[g.number]) {
            const Blueprint& b = *cell->blueprint;
            for (int k = 0; k < b.num_nodes(); ++k) joint[cell->node(k)] = b.area[k] == 0;
            for (int c = 0; c < b.num_compartments() && c < static_cast<int>(b.length.size()); ++c)
                length[cell->node(b.node[c])] = b.length[c];
        }
    }
    for (std::size_t s = 0; s < g.sets.size(); ++s)
        for (int k = 0; k < g.sets[s].mechanism->num_diffusing; ++k)
            g.diffusions.emplace_back(g, static_cast<int>(s), k, length, joint);
}

}  // namespace ngv::neuron
