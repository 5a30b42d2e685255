#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ngv/error.hpp"
#include "solvers/neuron/engine/assembler.hpp"
#include "solvers/neuron/engine/build_ions.hpp"
#include "solvers/neuron/engine/build_sets.hpp"
#include "solvers/neuron/engine/layout.hpp"
#include "solvers/neuron/engine/variable_names.hpp"

namespace ngv::neuron {

namespace {

constexpr int artificial_group_size = 512;

/// Writers of concentrations first, electrodes last, otherwise as catalogues give them.
std::vector<int> order_of_mechanisms(const EngineBuilder::Impl& from) {
    std::vector<int> order(from.mechanisms.size());
    std::iota(order.begin(), order.end(), 0);
    auto rank = [&](int m) {
        const ngv_mechanism& x = *from.mechanisms[m];
        for (int i = 0; i < x.num_ions; ++i)
            if (x.ions[i].access & (NGV_WRITE_IN | NGV_WRITE_OUT)) return 0;
        return x.electrode ? 2 : 1;
    };
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return rank(a) < rank(b); });
    return order;
}

void connect_set(MechanismSet& set, std::int64_t id) {
    const bool full = std::all_of(set.mask.begin(), set.mask.end(), [](std::uint8_t m) { return m == 0xFF; });
    set.view.node = set.node.empty() ? nullptr : set.node.data();
    set.view.mask = full ? nullptr : set.mask.data();
    set.view.column = set.column.data();
    set.view.stride = set.stride.data();
    set.view.ion = set.ion.data();
    set.view.pointer = set.pointers.data();
    set.view.random = set.random.data();
    set.view.object = set.objects.data();
    set.view.id = id;
}

}  // namespace

Wanted::Wanted(const EngineBuilder::Impl& from) {
    for (const auto* m : from.mechanisms) columns.emplace_back(m->num_columns, 0);
    auto want = [&](const Probe& p) {
        if (p.point.index >= 0) {
            const int number = from.points.at(p.point.index).mechanism;
            if (const auto c = find_column(*from.mechanisms[number], p.variable)) columns[number][*c] = 1;
            return;
        }
        const auto [mechanism, variable] = split_variable(p.variable, from.mechanism_number);
        const auto it = from.mechanism_number.find(mechanism);
        if (it == from.mechanism_number.end()) {
            names.insert(p.variable == "i_membrane_" ? "i_membrane" : p.variable);
        } else if (const auto c = find_column(*from.mechanisms[it->second], variable)) {
            columns[it->second][*c] = 1;
        }
    };
    for (const auto& r : from.recorders)
        for (const auto& p : r.columns) want(p);
    for (const auto& p : from.plays) want(p.target);
    for (const auto& p : from.pointers) want(p.target);
    for (const auto& d : from.detectors) want(d.probe);
    for (const auto& t : from.transfers) want(t.target);
    for (auto [mechanism, column] : from.exposed) columns[mechanism][column] = 1;
}

void Assembler::cells() {
    std::sort(from_.cells.begin(), from_.cells.end(), [](const auto& a, const auto& b) { return a.gid < b.gid; });
    std::vector<LayoutCell> layout_cells;
    for (std::size_t c = 0; c < from_.cells.size(); ++c) {
        from_.cell_of_gid[from_.cells[c].gid] = static_cast<int>(c);
        layout_cells.push_back({from_.cells[c].gid, from_.cells[c].blueprint.get()});
        to_.cells.push_back({from_.cells[c].gid, from_.cells[c].blueprint, 0, 0, {}});
        to_.cell_of_gid[from_.cells[c].gid] = static_cast<int>(c);
    }
    // Few cells leave lanes empty: each gets all of them. By the whole network's count, so that ranks do not matter.
    std::int64_t total = static_cast<std::int64_t>(layout_cells.size());
    MPI_Allreduce(MPI_IN_PLACE, &total, 1, MPI_INT64_T, MPI_SUM, to_.comm);
    const int wide_nodes = total < lanes ? 1 : to_.options.wide_nodes;
    for (auto& layout :
         make_layout(layout_cells, {.keep_order = to_.options.neuron_arithmetic, .wide_nodes = wide_nodes})) {
        auto& g = *to_.groups.emplace_back(std::make_unique<Group>());
        g.number = static_cast<int>(to_.groups.size()) - 1;
        build_cable(g, layout, layout_cells, to_.options.dt, to_.options.second_order);
        if (wanted_.names.count("i_membrane")) g.i_membrane.assign(g.num_nodes(), 0);
        std::vector<const CellPlace*> here;
        for (std::size_t lane = 0; lane < layout.cells.size(); ++lane) {
            CellPlace& cell = to_.cells[layout.cells[lane]];
            cell.group = g.number;
            cell.lane = static_cast<int>(lane);
            cell.place = std::move(layout.place[lane]);
            here.push_back(&cell);
        }
        cells_of_group_.push_back(here);
    }
    points_of_group_.resize(to_.groups.size());
    to_.points.resize(from_.points.size());
    for (std::size_t p = 0; p < from_.points.size(); ++p) {
        to_.point_gid.push_back(from_.points[p].gid);
        if (from_.points[p].node < 0) continue;
        points_of_group_[to_.cells[to_.cell_of_gid.at(from_.points[p].gid)].group].push_back(static_cast<int>(p));
    }
}

void Assembler::sets() {
    const auto order = order_of_mechanisms(from_);
    for (std::size_t g = 0; g < cells_of_group_.size(); ++g) {
        auto density = densities_of(cells_of_group_[g]);
        std::map<int, std::vector<int>> points;
        for (int p : points_of_group_[g]) points[from_.points[p].mechanism].push_back(p);
        for (int m : order) {
            if (density.count(m)) add_density(*to_.groups[g], m, density[m]);
            if (points.count(m)) add_points(*to_.groups[g], m, points[m]);
        }
        build_ions(*to_.groups[g], from_, cells_of_group_[g], wanted_.names, to_.correct_currents);
        connect_ions(*to_.groups[g]);
    }
    std::map<int, std::vector<int>> artificial;
    for (std::size_t p = 0; p < from_.points.size(); ++p)
        if (from_.points[p].node < 0) artificial[from_.points[p].mechanism].push_back(static_cast<int>(p));
    for (int m : order) {
        const std::vector<int>& mine = artificial[m];
        for (std::size_t begin = 0; begin < mine.size(); begin += artificial_group_size) {
            auto& g = *to_.groups.emplace_back(std::make_unique<Group>());
            g.number = static_cast<int>(to_.groups.size()) - 1;
            g.gid.fill(-1);
            const auto end = std::min(mine.size(), begin + artificial_group_size);
            add_points(
                g, m,
                {mine.begin() + static_cast<std::ptrdiff_t>(begin), mine.begin() + static_cast<std::ptrdiff_t>(end)});
        }
    }
    for (auto& g : to_.groups) {
        for (std::size_t s = 0; s < g->sets.size(); ++s) {
            connect_set(g->sets[s], static_cast<std::int64_t>(to_.set_by_id.size()));
            to_.set_by_id.emplace_back(g.get(), static_cast<int>(s));
        }
    }
}

std::map<int, Assembler::Densities> Assembler::densities_of(const std::vector<const CellPlace*>& cells) const {
    std::map<int, Densities> result;
    for (const CellPlace* cell : cells) {
        for (const auto& d : cell->blueprint->densities) {
            Densities& all = result[from_.mechanism_number.at(d.mechanism)];
            const int part = static_cast<int>(all.parts.size());
            all.parts.push_back(&d);
            all.cell.push_back(from_.cell_of_gid.at(cell->gid));
            for (std::size_t i = 0; i < d.nodes.size(); ++i)
                all.entries.push_back({cell->node(d.nodes[i]), part, static_cast<int>(i)});
        }
    }
    return result;
}

void Assembler::add_density(Group& g, int number, Densities& all) {
    const ngv_mechanism& m = *from_.mechanisms[number];
    std::sort(all.entries.begin(), all.entries.end(),
              [](const DensityEntry& a, const DensityEntry& b) { return a.node < b.node; });
    // given[part][column]: its values, or nothing
    std::vector<std::vector<const std::vector<double>*>> given(all.parts.size());
    std::vector<std::vector<std::tuple<int, int, double>>> changed(
        all.parts.size());  // node of the cell, column, value
    for (std::size_t p = 0; p < all.parts.size(); ++p) {
        given[p].resize(m.num_columns);
        for (const auto& [name, values] : all.parts[p]->values) given[p][*find_column(m, name)] = &values;
        for (const auto& o : from_.cells[all.cell[p]].overrides) {
            const auto [mechanism, variable] = split_variable(o.variable, from_.mechanism_number);
            if (mechanism != m.name) continue;
            if (const auto c = find_column(m, variable)) changed[p].emplace_back(o.node, *c, o.value);
        }
    }
    SetPlan plan{&m, number, true, {}, wanted_.columns[number], {}};
    for (const auto& e : all.entries) {
        if (!plan.instances.empty() && plan.instances.back().node == e.node)
            throw UserError(
                Problem{fmt::format("cell {}", from_.cells[all.cell[e.density]].gid),
                        fmt::format("{} stands twice on node {}", m.name, all.parts[e.density]->nodes[e.index]), ""});
        plan.instances.push_back({e.node, e.density, e.index});
    }
    plan.values = [&](int column, std::span<const std::int64_t> place, std::vector<double>& values) {
        for (std::size_t i = 0; i < place.size(); ++i) {
            const Instance& x = plan.instances[i];
            if (const auto* list = given[x.owner][column]) {
                const double value = (*list)[list->size() == 1 ? 0 : x.index];
                if (!std::isnan(value)) values[place[i]] = value;  // NaN: the default
            }
            for (auto [node, c, value] : changed[x.owner])
                if (c == column && node == all.parts[x.owner]->nodes[x.index]) values[place[i]] = value;
        }
    };
    std::vector<std::int64_t> place;
    g.sets.push_back(build_set(plan, place));
}

void Assembler::add_points(Group& g, int number, std::vector<int> mine) {
    const ngv_mechanism& m = *from_.mechanisms[number];
    auto node_of = [&](int p) {
        const auto& x = from_.points[p];
        return x.node < 0 ? -1 : to_.cells[to_.cell_of_gid.at(x.gid)].node(x.node);
    };
    std::stable_sort(mine.begin(), mine.end(), [&](int a, int b) { return node_of(a) < node_of(b); });
    SetPlan plan{&m, number, false, {}, wanted_.columns[number], {}};
    for (int p : mine) plan.instances.push_back({node_of(p), p, 0});
    const auto values_of = [&](std::size_t p) {
        return std::pair(from_.points[p].first_value, p + 1 < from_.points.size()
                                                          ? from_.points[p + 1].first_value
                                                          : static_cast<std::int64_t>(from_.value.size()));
    };
    std::vector<char> given(m.num_columns, 0);
    for (int p : mine)
        for (auto [v, end] = values_of(p); v < end; ++v) given[from_.value_column[v]] = 1;
    plan.values = [&](int column, std::span<const std::int64_t> place, std::vector<double>& values) {
        if (!given[column]) return;
        for (std::size_t i = 0; i < place.size(); ++i)
            for (auto [v, end] = values_of(plan.instances[i].owner); v < end; ++v)
                if (from_.value_column[v] == column) values[place[i]] = from_.value[v];
    };
    std::vector<std::int64_t> place;
    MechanismSet set = build_set(plan, place);
    set.point.assign(set.mask.size() * lanes, -1);
    for (std::size_t i = 0; i < mine.size(); ++i) {
        to_.points[mine[i]] = {g.number, static_cast<std::int32_t>(g.sets.size()), place[i]};
        set.point[place[i]] = mine[i];
    }
    g.sets.push_back(std::move(set));
}

}  // namespace ngv::neuron
