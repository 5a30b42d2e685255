#include "solvers/neuron/engine/layout.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

#include "ngv/error.hpp"

namespace ngv::neuron {

namespace {

using Signature = std::vector<std::string>;

std::uint64_t mix(std::uint64_t h, std::uint64_t x) {
    h ^= x + 0x9E3779B97F4A7C15 + (h << 6) + (h >> 2);
    return h * 0xBF58476D1CE4E5B9;
}

std::uint64_t structure_hash(const Blueprint& cell) {
    std::uint64_t h = cell.parent.size();
    for (int p : cell.parent) h = mix(h, static_cast<std::uint64_t>(p + 1));
    return h;
}

/// The kinds of nodes of a cell, in the order in which they appear, and the nodes of each.
struct Kinds {
    std::vector<Signature> signatures;
    std::vector<std::vector<int>> nodes;
};

Kinds find_kinds(const Blueprint& cell) {
    const int n = cell.num_nodes();
    std::vector<Signature> signature(n);
    for (const auto& d : cell.densities)
        for (int k : d.nodes)
            if (signature[k].empty() || signature[k].back() != d.mechanism) signature[k].push_back(d.mechanism);
    Kinds kinds;
    std::map<Signature, int> known;
    std::vector<int> kind(n);
    for (int k = 0; k < n; ++k) {
        std::sort(signature[k].begin(), signature[k].end());
        const int p = cell.parent[k];
        if (cell.area[k] == 0 && p >= 0) {
            kind[k] = kind[p];  // a node without membrane goes with what it hangs on
        } else {
            const auto [it, is_new] = known.emplace(signature[k], static_cast<int>(kinds.signatures.size()));
            if (is_new) {
                kinds.signatures.push_back(signature[k]);
                kinds.nodes.emplace_back();
            }
            kind[k] = p >= 0 ? std::max(it->second, kind[p]) : it->second;  // parents come first
        }
        kinds.nodes[kind[k]].push_back(k);
    }
    return kinds;
}

/// One order of kinds that all lanes agree with; empty if there is none.
std::vector<Signature> common_order(const std::vector<Kinds>& all) {
    const auto longest = std::max_element(all.begin(), all.end(), [](const Kinds& a, const Kinds& b) {
        return a.signatures.size() < b.signatures.size();
    });
    const auto& order = longest->signatures;
    for (const Kinds& k : all) {
        if (k.signatures.front() != order.front()) return {};  // roots stand in row 0
        auto from = order.begin();
        for (const auto& s : k.signatures) {
            from = std::find(from, order.end(), s);
            if (from == order.end()) return {};
        }
    }
    return order;
}

void place_in_lanes(GroupLayout& group, const std::vector<LayoutCell>& cells, bool keep_order) {
    std::vector<Kinds> kinds;
    bool several = false;
    if (!keep_order) {
        for (std::size_t lane = 0; lane < group.cells.size(); ++lane) {
            const Blueprint* b = cells[group.cells[lane]].blueprint;
            if (lane > 0 && b == cells[group.cells[lane - 1]].blueprint) {
                kinds.push_back(kinds.back());
            } else {
                kinds.push_back(find_kinds(*b));
            }
            several = several || kinds.back().nodes.size() > 1;
        }
    }
    group.place.resize(group.cells.size());
    if (!several) {
        for (int c : group.cells) group.rows = std::max(group.rows, cells[c].blueprint->num_nodes());
        return;
    }
    const auto order = common_order(kinds);
    for (std::size_t lane = 0; lane < group.cells.size(); ++lane)
        group.place[lane].resize(cells[group.cells[lane]].blueprint->num_nodes());
    auto put = [&](std::size_t lane, const std::vector<int>& nodes, int row) {
        for (int k : nodes) group.place[lane][k] = lanes * row++ + static_cast<int>(lane);
        group.rows = std::max(group.rows, row);
    };
    if (order.empty()) {  // each lane for itself
        for (std::size_t lane = 0; lane < kinds.size(); ++lane) {
            int row = 0;
            for (const auto& nodes : kinds[lane].nodes) {
                put(lane, nodes, row);
                row += static_cast<int>(nodes.size());
            }
        }
        return;
    }
    int row = 0;
    for (const auto& signature : order) {
        int most = 0;
        for (std::size_t lane = 0; lane < kinds.size(); ++lane) {
            const auto& mine = kinds[lane].signatures;
            const auto it = std::find(mine.begin(), mine.end(), signature);
            if (it == mine.end()) continue;
            const auto& nodes = kinds[lane].nodes[it - mine.begin()];
            put(lane, nodes, row);
            most = std::max(most, static_cast<int>(nodes.size()));
        }
        row += most;
    }
}

/// Rows of eight nodes that do not depend on each other: the nodes furthest from a leaf first.
void place_wide(GroupLayout& group, const Blueprint& cell) {
    const int n = cell.num_nodes();
    std::vector<int> height(n, 0), order(n), row_of(n), fill;
    for (int k = n - 1; k > 0; --k) height[cell.parent[k]] = std::max(height[cell.parent[k]], height[k] + 1);
    std::iota(order.begin(), order.end(), 0);
    // highest first keeps the longest path moving; the earliest row with room after the parent's
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return height[a] > height[b]; });
    group.place.assign(1, std::vector<std::int32_t>(n));
    fill.assign(1, lanes);  // row 0 is the root's alone
    row_of[0] = 0;
    group.place[0][0] = 0;
    std::size_t open = 1;  // rows before it are full
    for (int k : order) {
        if (k == 0) continue;
        std::size_t row = std::max<std::size_t>(open, row_of[cell.parent[k]] + 1);
        while (row < fill.size() && fill[row] == lanes) ++row;
        if (row == fill.size()) fill.push_back(0);
        row_of[k] = static_cast<int>(row);
        group.place[0][k] = static_cast<std::int32_t>(row) * lanes + fill[row]++;
        while (open < fill.size() && fill[open] == lanes) ++open;
    }
    group.rows = static_cast<int>(fill.size());
}

}  // namespace

std::vector<GroupLayout> make_layout(const std::vector<LayoutCell>& cells, const LayoutOptions& options) {
    std::map<const Blueprint*, std::pair<Signature, std::uint64_t>> traits;
    for (const auto& c : cells) {
        if (traits.count(c.blueprint)) continue;
        Signature mechanisms;
        for (const auto& d : c.blueprint->densities) mechanisms.push_back(d.mechanism);
        std::sort(mechanisms.begin(), mechanisms.end());
        mechanisms.erase(std::unique(mechanisms.begin(), mechanisms.end()), mechanisms.end());
        traits[c.blueprint] = {std::move(mechanisms), structure_hash(*c.blueprint)};
    }
    std::vector<int> order(cells.size());
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [&](int a, int b) {
        const auto &x = traits.at(cells[a].blueprint), &y = traits.at(cells[b].blueprint);
        const int n = cells[a].blueprint->num_nodes(), m = cells[b].blueprint->num_nodes();
        return std::tie(x.first, n, x.second, cells[a].gid) < std::tie(y.first, m, y.second, cells[b].gid);
    });
    std::vector<GroupLayout> groups;
    const Signature* mechanisms = nullptr;
    for (int c : order) {
        const Blueprint& cell = *cells[c].blueprint;
        if (!options.keep_order && cell.num_nodes() >= options.wide_nodes) {
            groups.push_back({{c}, true, 0, {}});
            place_wide(groups.back(), cell);
            continue;
        }
        const Signature* mine = &traits.at(&cell).first;
        const bool join = !groups.empty() && !groups.back().wide && groups.back().cells.size() < lanes && mechanisms &&
                          *mechanisms == *mine;
        if (!join) groups.push_back({});
        mechanisms = mine;
        groups.back().cells.push_back(c);
    }
    for (auto& g : groups)
        if (!g.wide) place_in_lanes(g, cells, options.keep_order);
    return groups;
}

void build_cable(Group& g, const GroupLayout& layout, const std::vector<LayoutCell>& cells, double dt,
                 int second_order) {
    constexpr double area_of_joint = 100;  // um2: what NEURON gives a node without membrane
    g.rows = layout.rows;
    g.wide = layout.wide;
    g.gid.fill(-1);
    const std::size_t n = g.num_nodes();
    g.v.assign(n, 0);
    for (auto* array : {&g.a, &g.b, &g.axial}) array->assign(n, 0);
    g.capacity.assign(n, 1);
    g.area.assign(n, area_of_joint);
    g.diam.assign(n, 1);
    g.parent.assign(n, -1);
    g.parent_row.assign(g.rows, 0);
    const double cj = (second_order > 0 ? 2.0 : 1.0) / dt;
    for (std::size_t lane = 0; lane < layout.cells.size(); ++lane) {
        const LayoutCell& source = cells[layout.cells[lane]];
        const Blueprint& cell = *source.blueprint;
        g.gid[lane] = source.gid;
        auto at = [&](int k) {
            return layout.place[lane].empty() ? lanes * k + static_cast<int>(lane) : layout.place[lane][k];
        };
        auto area_of = [&](int k) { return cell.area[k] > 0 ? cell.area[k] : area_of_joint; };
        for (int k = 0; k < cell.num_nodes(); ++k) {
            const int node = at(k), p = cell.parent[k];
            g.area[node] = area_of(k);
            g.diam[node] = cell.diam[k];
            g.capacity[node] = cell.area[k] > 0 ? .001 * cj * cell.cm[k] : 0.0;
            if (p < 0) continue;
            NGV_ASSERT(p < k && at(p) / lanes < node / lanes);
            g.parent[node] = at(p);
            g.a[node] = -1e2 * cell.rinv[k] / area_of(p);
            g.b[node] = -1e2 * cell.rinv[k] / area_of(k);
            g.axial[node] -= g.b[node];
            g.axial[at(p)] -= g.a[node];
        }
    }
    for (int row = 1; row < g.rows; ++row) {
        std::int32_t* parent = g.parent.data() + lanes * row;
        int shared = -1;
        bool same = true;
        for (int l = 0; l < lanes; ++l) {
            if (parent[l] < 0) continue;
            const int row_of_parent = parent[l] / lanes;
            same = same && parent[l] % lanes == l && (shared < 0 || row_of_parent == shared);
            shared = row_of_parent;
        }
        if (shared < 0) shared = row - 1;  // a row of padding
        for (int l = 0; l < lanes; ++l) {
            if (parent[l] >= 0) continue;
            // padding: any node that nobody else in this row writes to
            for (int candidate : {lanes * shared + l, lanes * (row - 1) + l, l}) {
                parent[l] = candidate;
                if (std::count(parent, parent + lanes, candidate) == 1) break;
            }
        }
        bool distinct = true;
        for (int l = 0; l < lanes; ++l) distinct = distinct && std::count(parent, parent + lanes, parent[l]) == 1;
        g.parent_row[row] = same ? shared : distinct ? -1 : -2;
    }
    for (int l = 0; l < lanes && g.rows > 0; ++l) g.parent[l] = l;
}

}  // namespace ngv::neuron
