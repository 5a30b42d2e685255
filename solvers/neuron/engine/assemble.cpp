// EngineBuilder -> Simulation: groups, sets, ions; then everything that points into them.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <tuple>

#include "ngv/error.hpp"
#include "solvers/neuron/constants.hpp"
#include "solvers/neuron/engine/build_ions.hpp"
#include "solvers/neuron/engine/build_sets.hpp"
#include "solvers/neuron/engine/layout.hpp"
#include "solvers/neuron/engine/variable_names.hpp"

namespace ngv::neuron {

namespace {

constexpr int artificial_group_size = 512;

using From = EngineBuilder::Impl;
using To = Simulation::Impl;

/// Variables that somebody outside the mechanisms looks at: columns by mechanism, and the plain names.
struct Wanted {
    std::vector<std::vector<char>> columns;
    std::set<std::string> names;

    explicit Wanted(const From& from) {
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
};

/// Writers of concentrations first, electrodes last, otherwise as catalogues give them.
std::vector<int> order_of_mechanisms(const From& from) {
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

class Assembler {
  public:
    Assembler(From& from, To& to) : from_(from), to_(to), wanted_(from) {}

    void cells() {
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

    void sets() {
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
        for (int m : order) {
            std::vector<int> mine;
            for (std::size_t p = 0; p < from_.points.size(); ++p)
                if (from_.points[p].node < 0 && from_.points[p].mechanism == m) mine.push_back(static_cast<int>(p));
            for (std::size_t begin = 0; begin < mine.size(); begin += artificial_group_size) {
                auto& g = *to_.groups.emplace_back(std::make_unique<Group>());
                g.number = static_cast<int>(to_.groups.size()) - 1;
                g.gid.fill(-1);
                const auto end = std::min(mine.size(), begin + artificial_group_size);
                add_points(g, m,
                           {mine.begin() + static_cast<std::ptrdiff_t>(begin),
                            mine.begin() + static_cast<std::ptrdiff_t>(end)});
            }
        }
        for (auto& g : to_.groups) {
            for (std::size_t s = 0; s < g->sets.size(); ++s) {
                connect_set(g->sets[s], static_cast<std::int64_t>(to_.set_by_id.size()));
                to_.set_by_id.emplace_back(g.get(), static_cast<int>(s));
            }
        }
    }

    void attachments() {
        for (const auto& cell : from_.cells)
            for (const auto& o : cell.overrides) check_override(cell.gid, o);
        for (const auto& r : from_.randoms) {
            auto [set, instance] = locate(r.point, r.gid, r.node, r.mechanism);
            std::uint32_t* ids = set->random.data() + (r.slot * set->view.num_blocks * lanes + instance) * 5;
            std::copy(r.ids, r.ids + 3, ids);
        }
        for (auto& v : from_.vectors) {
            to_.vectors.push_back(std::move(v.values));
            to_.vector_objects.push_back(
                {to_.vectors.back().data(), static_cast<std::int64_t>(to_.vectors.back().size())});
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
        for (auto& p : from_.plays)
            group_of(p.target).plays.push_back({to_.address(p.target, "play"), std::move(p.wave)});
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

    void connections() {
        ConnectionTable& table = to_.connections;
        const std::size_t n = from_.source.size();
        const auto firing = simulated_sources();
        std::vector<std::int64_t> order;
        to_.local_min_delay = 1e300;
        for (std::size_t c = 0; c < n; ++c) {
            const bool simulated = std::binary_search(firing.begin(), firing.end(), from_.source[c]);
            if (!simulated && !from_.given_sources.count(from_.source[c])) continue;
            order.push_back(static_cast<std::int64_t>(c));
            if (simulated) to_.local_min_delay = std::min(to_.local_min_delay, from_.delay[c]);
        }
        std::sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
            return std::tuple(from_.source[a], from_.order[a], a) < std::tuple(from_.source[b], from_.order[b], b);
        });
        const bool single = from_.weights.size() == n;
        table.target.reserve(order.size());
        table.delay.reserve(order.size());
        if (!single) table.first_weight.reserve(order.size());
        for (std::int64_t c : order) {
            if (table.sources.empty() || table.sources.back() != from_.source[c]) {
                table.sources.push_back(from_.source[c]);
                table.offsets.push_back(static_cast<std::int64_t>(table.target.size()));
            }
            table.target.push_back(from_.target[c]);
            table.delay.push_back(from_.delay[c]);
            if (!single) table.first_weight.push_back(static_cast<std::int64_t>(table.weight.size()));
            const std::int64_t begin = from_.first_weight[c];
            const std::int64_t end = c + 1 < static_cast<std::int64_t>(n)
                                         ? from_.first_weight[c + 1]
                                         : static_cast<std::int64_t>(from_.weights.size());
            table.weight.insert(table.weight.end(), from_.weights.begin() + begin, from_.weights.begin() + end);
        }
        table.offsets.push_back(static_cast<std::int64_t>(table.target.size()));
        if (!from_.weight_changes.empty()) {
            std::vector<std::int64_t> place(n, -1);
            for (std::size_t i = 0; i < order.size(); ++i) place[order[i]] = static_cast<std::int64_t>(i);
            std::stable_sort(from_.weight_changes.begin(), from_.weight_changes.end(),
                             [](const auto& a, const auto& b) { return a.time < b.time; });
            for (const auto& w : from_.weight_changes) {
                const std::int64_t c = place[w.connection];
                if (c < 0) continue;
                const double* weight = table.weights(c);
                to_.weight_changes.push_back({w.time, *weight, w.weight, c, weight - table.weight.data()});
            }
        }
        std::sort(from_.spikes.begin(), from_.spikes.end());
        for (auto [t, source] : from_.spikes) to_.given.push_back({t, source});
        to_.generators = std::move(from_.generators);
    }

    void transfers() {
        Transfers& t = to_.transfers;
        // every rank asks for voltages; all learn what is wanted, and owners send it in this order
        std::vector<std::int64_t> mine;
        for (const auto& x : from_.transfers) mine.insert(mine.end(), {x.gid, x.node});
        int size = 1;
        MPI_Comm_size(to_.comm, &size);
        std::vector<int> counts(size), offsets(size);
        int n = static_cast<int>(mine.size());
        MPI_Allgather(&n, 1, MPI_INT, counts.data(), 1, MPI_INT, to_.comm);
        std::exclusive_scan(counts.begin(), counts.end(), offsets.begin(), 0);
        std::vector<std::int64_t> all(offsets.back() + counts.back());
        MPI_Allgatherv(mine.data(), n, MPI_INT64_T, all.data(), counts.data(), offsets.data(), MPI_INT64_T, to_.comm);
        t.any = !all.empty();
        if (!t.any) return;
        std::set<std::pair<std::int64_t, std::int64_t>> asked;
        for (std::size_t i = 0; i < all.size(); i += 2) asked.emplace(all[i], all[i + 1]);
        std::vector<std::int64_t> sent;
        for (auto [gid, node] : asked) {
            if (!to_.cell_of_gid.count(gid)) continue;
            sent.insert(sent.end(), {gid, node});
            t.sources.push_back(to_.address({gid, static_cast<int>(node), "v"}, "gap junction"));
        }
        n = static_cast<int>(sent.size());
        MPI_Allgather(&n, 1, MPI_INT, counts.data(), 1, MPI_INT, to_.comm);
        std::exclusive_scan(counts.begin(), counts.end(), offsets.begin(), 0);
        all.resize(offsets.back() + counts.back());
        MPI_Allgatherv(sent.data(), n, MPI_INT64_T, all.data(), counts.data(), offsets.data(), MPI_INT64_T, to_.comm);
        std::map<std::pair<std::int64_t, std::int64_t>, std::size_t> place;
        for (std::size_t i = 0; i < all.size(); i += 2) place[{all[i], all[i + 1]}] = i / 2;
        for (const auto& x : from_.transfers) {
            const auto it = place.find({x.gid, x.node});
            if (it == place.end())
                throw UserError(Problem{"gap junction", fmt::format("cell {} exists on no rank", x.gid), ""});
            t.targets.emplace_back(to_.address(x.target, "gap junction"), it->second);
        }
        t.send.resize(t.sources.size());
        t.all.resize(place.size());
        for (int r = 0; r < size; ++r) {
            t.counts.push_back(counts[r] / 2);
            t.offsets.push_back(offsets[r] / 2);
        }
    }

    void times() {
        MPI_Allreduce(&to_.local_min_delay, &to_.min_delay, 1, MPI_DOUBLE, MPI_MIN, to_.comm);
        const double dt = to_.options.dt, late = to_.options.interpolate_spikes ? dt : 0.0;
        const double half = std::min(to_.options.max_epoch_ms, (to_.min_delay - late) / 2);
        to_.epoch = static_cast<int>(half / dt + 1e-9);
        to_.overlapped = to_.epoch >= 1;
        to_.epoch = std::max(1, to_.epoch);
        if (!to_.overlapped && to_.min_delay - late < dt * (1 - 1e-9))
            throw UserError(Problem{"minimum delay",
                                    fmt::format("{} ms leaves no step between a spike and its arrival", to_.min_delay),
                                    "raise the delays by one time step, or do not interpolate spikes"});
    }

  private:
    /// Sources that fire on some rank, sorted.
    std::vector<std::int64_t> simulated_sources() const {
        std::vector<std::int64_t> mine;
        for (const auto& d : from_.detectors) mine.push_back(d.source);
        for (auto [source, point] : from_.net_event_sources) mine.push_back(source);
        int size = 1, n = static_cast<int>(mine.size());
        MPI_Comm_size(to_.comm, &size);
        std::vector<int> counts(size), offsets(size);
        MPI_Allgather(&n, 1, MPI_INT, counts.data(), 1, MPI_INT, to_.comm);
        std::exclusive_scan(counts.begin(), counts.end(), offsets.begin(), 0);
        std::vector<std::int64_t> all(offsets.back() + counts.back());
        MPI_Allgatherv(mine.data(), n, MPI_INT64_T, all.data(), counts.data(), offsets.data(), MPI_INT64_T, to_.comm);
        std::sort(all.begin(), all.end());
        const auto twice = std::adjacent_find(all.begin(), all.end());
        if (twice != all.end())
            throw UserError(Problem{fmt::format("spike source {}", *twice), "has two detectors or artificial cells",
                                    "give each a number of its own"});
        return all;
    }

    struct DensityEntry {
        std::int32_t node;
        int density, index;
    };
    struct Densities {
        std::vector<const Blueprint::Density*> parts;
        std::vector<DensityEntry> entries;
        std::vector<int> cell;  ///< of each part
    };

    std::map<int, Densities> densities_of(const std::vector<const CellPlace*>& cells) const {
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

    void add_density(Group& g, int number, Densities& all) {
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
                throw UserError(Problem{
                    fmt::format("cell {}", from_.cells[all.cell[e.density]].gid),
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

    void add_points(Group& g, int number, std::vector<int> mine) {
        const ngv_mechanism& m = *from_.mechanisms[number];
        auto node_of = [&](int p) {
            const auto& x = from_.points[p];
            return x.node < 0 ? -1 : to_.cells[to_.cell_of_gid.at(x.gid)].node(x.node);
        };
        std::stable_sort(mine.begin(), mine.end(), [&](int a, int b) { return node_of(a) < node_of(b); });
        SetPlan plan{&m, number, false, {}, wanted_.columns[number], {}};
        for (int p : mine) plan.instances.push_back({node_of(p), p, 0});
        plan.values = [&](int column, std::span<const std::int64_t> place, std::vector<double>& values) {
            for (std::size_t i = 0; i < place.size(); ++i) {
                const std::size_t p = plan.instances[i].owner;
                const std::int64_t end = p + 1 < from_.points.size() ? from_.points[p + 1].first_value
                                                                     : static_cast<std::int64_t>(from_.values.size());
                for (std::int64_t v = from_.points[p].first_value; v < end; ++v)
                    if (from_.values[v].first == column) values[place[i]] = from_.values[v].second;
            }
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

    std::pair<MechanismSet*, std::int64_t> locate(Point point, std::int64_t gid, int node, int mechanism) {
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

    Group& group_of(const Probe& p) {
        if (p.point.index >= 0) return *to_.groups[to_.points.at(p.point.index).group];
        const auto it = to_.cell_of_gid.find(p.gid);
        if (it == to_.cell_of_gid.end())
            throw UserError(
                Problem{"variable '" + p.variable + "'", fmt::format("cell {} is not on this rank", p.gid), ""});
        return *to_.groups[to_.cells[it->second].group];
    }

    void make_diffusion(Group& g) {
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

    void check_override(std::int64_t gid, const From::Override& o) {
        const CellPlace& cell = to_.cells[to_.cell_of_gid.at(gid)];
        if (o.variable == "v") {
            to_.groups[cell.group]->start_voltage.emplace_back(cell.node(o.node), o.value);
        } else {
            to_.address({gid, o.node, o.variable}, "value that is set");
        }
    }

    void complete_pointer(MechanismSet& set, int p, std::int64_t instance) {
        double*& pointer = set.pointers[p * set.view.num_blocks * lanes + instance];
        if (pointer) return;
        if (set.mask[instance / lanes] >> (instance % lanes) & 1)
            throw UserError(Problem{fmt::format("mechanism {}", set.mechanism->name),
                                    fmt::format("its pointer '{}' points nowhere", set.mechanism->pointers[p]),
                                    "set it with EngineBuilder::set_pointer"});
        pointer = &nowhere_;
    }

    static inline double nowhere_ = 0;
    From& from_;
    To& to_;
    Wanted wanted_;
    std::vector<std::vector<const CellPlace*>> cells_of_group_;
    std::vector<std::vector<int>> points_of_group_;
};

}  // namespace

std::unique_ptr<Simulation> EngineBuilder::build(MPI_Comm comm) {
    auto to = std::make_unique<Simulation::Impl>();
    to->options = impl_->options;
    to->comm = comm;
    to->correct_currents = to->options.second_order == 2 || to->options.correct_currents;
    to->sweep = to->options.neuron_arithmetic ? &exact_sweep() : &fast_sweep();
    to->faraday = to->options.legacy_constants ? 96485.309 : faraday;
    to->gas_constant = to->options.legacy_constants ? 8.3134 : gas_constant;
    to->mechanism_number = impl_->mechanism_number;
    for (std::size_t m = 0; m < impl_->mechanisms.size(); ++m)
        to->mechanisms.push_back(
            {impl_->mechanisms[m], impl_->globals[m], std::vector<double>(impl_->mechanisms[m]->table_size, 0.0), {}});
    to->make_host();
    to->prepare();
    to->exchange = ExchangeOfSpikes(comm);
    Assembler assembler(*impl_, *to);
    assembler.cells();
    assembler.sets();
    assembler.attachments();
    assembler.connections();
    assembler.transfers();
    assembler.times();
    std::size_t most = 0;
    for (const auto& g : to->groups) most = std::max(most, g->num_nodes());
    for (auto* scratch : {&to->rhs, &to->d, &to->saved_rhs, &to->saved_d}) scratch->assign(most, 0.0);
    for (auto& g : to->groups) {
        const ngv_group nodes = to->view(*g);
        for (const MechanismSet& s : g->sets)
            if (s.mechanism->construct) s.mechanism->construct(&to->mechanisms[s.number].run, &nodes, &s.view);
    }
    *impl_ = Impl{};
    impl_->options = to->options;
    return std::make_unique<Simulation>(std::move(to));
}

}  // namespace ngv::neuron
