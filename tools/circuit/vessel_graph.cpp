#include "tools/circuit/vessel_graph.hpp"

#include <limits>
#include <map>
#include <numeric>

#include "ngv/error.hpp"
#include "tools/circuit/grid.hpp"
#include "tools/circuit/stream.hpp"

namespace ngv::circuit {

namespace {

constexpr double trunk_distance = 100;  // um between penetrating vessels, about that of mouse cortex
constexpr double margin = 8;            // um that capillaries keep from the faces of the box
constexpr double trunk_clearance = 13;  // um around trunks without forks of the bed
constexpr std::uint32_t nobody = std::numeric_limits<std::uint32_t>::max();

class Sets {  // union-find
  public:
    explicit Sets(std::size_t n) : parent_(n) { std::iota(parent_.begin(), parent_.end(), 0u); }
    std::uint32_t find(std::uint32_t i) {
        while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
        return i;
    }
    bool join(std::uint32_t a, std::uint32_t b) {
        a = find(a), b = find(b);
        parent_[a] = b;
        return a != b;
    }

  private:
    std::vector<std::uint32_t> parent_;
};

// Descends from the top with a branch point every 30 to 40 um.
void add_trunk(VesselGraph& graph, const Box& box, Vec3 top, Side side, Stream random) {
    const Box inner = box.shrunk(margin);
    const double bottom = box.high.y - random.uniform(0.72, 0.92) * box.size().y;
    auto previous = static_cast<std::uint32_t>(graph.vertices.size());
    (side == Side::artery ? graph.inlets : graph.outlets).push_back(previous);
    graph.vertices.push_back(top);
    for (Vec3 p = top;;) {
        const double step = random.uniform(26, 38);
        if (p.y - step < std::max(bottom, inner.low.y)) break;
        p = p + Vec3{random.normal(0, 3), -step, random.normal(0, 3)};
        p = {std::clamp(p.x, inner.low.x, inner.high.x), p.y, std::clamp(p.z, inner.low.z, inner.high.z)};
        const auto here = static_cast<std::uint32_t>(graph.vertices.size());
        graph.vertices.push_back(p);
        graph.edges.push_back({previous, here, Link::trunk, side});
        previous = here;
    }
}

void add_trunks(VesselGraph& graph, const Box& box, std::uint64_t seed) {
    const Vec3 size = box.size();
    auto nx = std::max<std::int64_t>(1, std::llround(size.x / trunk_distance));
    const auto nz = std::max<std::int64_t>(1, std::llround(size.z / trunk_distance));
    if (nx * nz == 1) nx = 2;  // one arteriole and one venule at least
    for (std::int64_t i = 0; i < nx; ++i)
        for (std::int64_t j = 0; j < nz; ++j) {
            Stream random(seed, purpose("trunk"), i * nz + j);
            const double wx = size.x / static_cast<double>(nx), wz = size.z / static_cast<double>(nz);
            const double x = box.low.x + wx * (static_cast<double>(i) + random.uniform(0.35, 0.65));
            const double z = box.low.z + wz * (static_cast<double>(j) + random.uniform(0.35, 0.65));
            add_trunk(graph, box, {x, box.high.y - 0.5, z}, (i + j) % 2 == 0 ? Side::artery : Side::vein, random);
        }
}

// Forks of the bed: a lattice, every point moved at random, without those too near a trunk.
void add_forks(VesselGraph& graph, const Box& box, double spacing, std::uint64_t seed) {
    const Box inner = box.shrunk(margin);
    const Vec3 size = inner.size();
    const auto trunk_edges = graph.edges;
    const auto trunk_points = graph.vertices;
    const Grid trunks(
        trunk_edges.size(),
        [&](std::size_t i) { return 0.5 * (trunk_points[trunk_edges[i].a] + trunk_points[trunk_edges[i].b]); }, box,
        40);
    const auto count = [&](double length) { return std::max<std::int64_t>(2, std::llround(length / spacing)); };
    const std::int64_t nx = count(size.x), ny = count(size.y), nz = count(size.z);
    const auto cell = [](double length, std::int64_t n) { return length / static_cast<double>(n); };
    for (std::int64_t i = 0; i < nx; ++i)
        for (std::int64_t j = 0; j < ny; ++j)
            for (std::int64_t k = 0; k < nz; ++k) {
                Stream random(seed, purpose("capillary fork"), (i * ny + j) * nz + k);
                const Vec3 p = inner.low + Vec3{cell(size.x, nx) * (static_cast<double>(i) + random.uniform(0.1, 0.9)),
                                                cell(size.y, ny) * (static_cast<double>(j) + random.uniform(0.1, 0.9)),
                                                cell(size.z, nz) * (static_cast<double>(k) + random.uniform(0.1, 0.9))};
                bool free = true;
                const Vec3 reach{40, 40, 40};
                trunks.visit(p - reach, p + reach, [&](std::uint32_t e) {
                    const Vec3 a = trunk_points[trunk_edges[e].a], b = trunk_points[trunk_edges[e].b];
                    free = free && distance(p, a + nearest_on(a, b, p) * (b - a)) > trunk_clearance;
                });
                if (free) graph.vertices.push_back(p);
            }
}

// Chooses edges so that no fork has more than its share of vessels and none leave it at a sharp angle.
class Bed {
  public:
    Bed(VesselGraph& graph, const Box& box, double spacing, std::size_t first_fork)
        : graph_(graph),
          spacing_(spacing),
          first_(first_fork),
          sides_(graph.vertices.size(), Side::none),
          neighbours_(graph.vertices.size()),
          grid_(
              graph.vertices.size() - first_fork, [&](std::size_t i) { return graph.vertices[first_fork + i]; }, box,
              spacing) {}

    // Every branch point of a trunk takes the nearest fork that no other has; the lower end takes two.
    void attach_trunks() {
        const auto trunks = graph_.edges;
        std::vector<bool> goes_on(first_, false);
        for (const auto& e : trunks) goes_on[e.a] = true;
        for (const auto& e : trunks)
            for (int n = 0; n < (goes_on[e.b] ? 1 : 2); ++n) attach(e.b, e.side);
    }

    void connect(std::uint64_t seed) {
        struct Candidate {
            double weight;
            std::uint32_t a, b;
        };
        std::vector<Candidate> candidates;
        for (auto a = static_cast<std::uint32_t>(first_); a < graph_.vertices.size(); ++a)
            near(graph_.vertices[a], 2 * spacing_, [&](std::uint32_t b, double d) {
                if (a >= b || (sides_[a] != Side::none && sides_[b] != Side::none && sides_[a] != sides_[b])) return;
                const double u = Random(seed, purpose("capillary"), a, b).uniform();
                candidates.push_back({d * (1 + 0.4 * u), a, b});
            });
        std::sort(candidates.begin(), candidates.end(), [](const Candidate& l, const Candidate& r) {
            return std::tie(l.weight, l.a, l.b) < std::tie(r.weight, r.a, r.b);
        });
        Sets sets(graph_.vertices.size());
        const auto pass = [&](bool joining_only, double min_cosine_to_others) {
            for (const auto& c : candidates) {
                if (!has_room(c.a) || !has_room(c.b) || linked(c.a, c.b)) continue;
                if (joining_only && sets.find(c.a) == sets.find(c.b)) continue;
                if (sharp(c.a, c.b, min_cosine_to_others) || sharp(c.b, c.a, min_cosine_to_others)) continue;
                add(c.a, c.b, Link::capillary, Side::none);
                sets.join(c.a, c.b);
            }
        };
        pass(true, 0.5);   // a tree through everything, no angle below 60 degrees,
        pass(true, 0.85);  // or where that fails below 30,
        pass(false, 0.6);  // then loops
    }

  private:
    template <class Visitor>
    void near(Vec3 p, double reach, Visitor visitor) const {
        const Vec3 r{reach, reach, reach};
        grid_.visit(p - r, p + r, [&](std::uint32_t i) {
            const double d = distance(p, graph_.vertices[first_ + i]);
            if (d <= reach) visitor(static_cast<std::uint32_t>(first_ + i), d);
        });
    }

    void attach(std::uint32_t trunk, Side side) {
        std::uint32_t best = nobody;
        double nearest = 3 * spacing_;
        near(graph_.vertices[trunk], nearest, [&](std::uint32_t fork, double d) {
            if (sides_[fork] == Side::none && d < nearest) nearest = d, best = fork;
        });
        if (best == nobody) return;
        sides_[best] = side;
        add(trunk, best, Link::branch, side);
    }

    void add(std::uint32_t a, std::uint32_t b, Link link, Side side) {
        graph_.edges.push_back({a, b, link, side});
        neighbours_[a].push_back(b);
        neighbours_[b].push_back(a);
    }
    bool has_room(std::uint32_t v) const { return neighbours_[v].size() < 3; }
    bool linked(std::uint32_t a, std::uint32_t b) const {
        return std::find(neighbours_[a].begin(), neighbours_[a].end(), b) != neighbours_[a].end();
    }
    bool sharp(std::uint32_t at, std::uint32_t to, double limit) const {
        const Vec3 d = unit(graph_.vertices[to] - graph_.vertices[at]);
        return std::any_of(neighbours_[at].begin(), neighbours_[at].end(), [&](std::uint32_t n) {
            return dot(d, unit(graph_.vertices[n] - graph_.vertices[at])) > limit;
        });
    }

    VesselGraph& graph_;
    double spacing_;
    std::size_t first_;
    std::vector<Side> sides_;
    std::vector<std::vector<std::uint32_t>> neighbours_;
    Grid grid_;
};

// Edges of the block that holds the edge source-sink, by Tarjan's lowpoints without recursion. Vertices and edges of
// `graph` plus a source joined to all inlets and a sink joined to all outlets.
std::vector<bool> edges_between(const VesselGraph& graph) {
    auto edges = graph.edges;
    const auto source = static_cast<std::uint32_t>(graph.vertices.size()), sink = source + 1;
    const std::size_t through = edges.size();
    edges.push_back({source, sink, Link::trunk, Side::none});
    for (auto v : graph.inlets) edges.push_back({source, v, Link::trunk, Side::none});
    for (auto v : graph.outlets) edges.push_back({sink, v, Link::trunk, Side::none});
    std::vector<std::vector<std::uint32_t>> at(graph.vertices.size() + 2);
    for (std::uint32_t e = 0; e < edges.size(); ++e) at[edges[e].a].push_back(e), at[edges[e].b].push_back(e);

    std::vector<bool> chosen(graph.edges.size(), false), used(edges.size(), false);
    std::vector<std::uint32_t> order(at.size(), 0), low(at.size(), 0), open;  // `open`: edges not yet given to a block
    struct Visit {
        std::uint32_t vertex, edge_in;
        std::size_t next;
    };
    std::vector<Visit> stack{{source, nobody, 0}};
    std::uint32_t clock = order[source] = low[source] = 1;
    while (!stack.empty()) {
        auto& top = stack.back();
        const std::uint32_t v = top.vertex;
        if (top.next < at[v].size()) {
            const std::uint32_t e = at[v][top.next++];
            if (used[e]) continue;
            used[e] = true;
            open.push_back(e);
            const std::uint32_t w = edges[e].a == v ? edges[e].b : edges[e].a;
            if (order[w] != 0) {
                low[v] = std::min(low[v], order[w]);
            } else {
                order[w] = low[w] = ++clock;
                stack.push_back({w, e, 0});
            }
            continue;
        }
        const std::uint32_t in = top.edge_in;
        stack.pop_back();
        if (stack.empty()) break;
        const std::uint32_t parent = stack.back().vertex;
        low[parent] = std::min(low[parent], low[v]);
        if (low[v] < order[parent]) continue;
        // A block ends here: all edges since `in`.
        const auto first = std::find(open.rbegin(), open.rend(), in).base() - 1;
        const bool perfused = std::find(first, open.end(), through) != open.end();
        for (auto e = first; e != open.end(); ++e)
            if (perfused && *e < through) chosen[*e] = true;
        open.erase(first, open.end());
    }
    return chosen;
}

bool keep(VesselGraph& graph, const std::vector<bool>& chosen) {
    std::size_t n = 0;
    for (std::size_t e = 0; e < graph.edges.size(); ++e)
        if (chosen[e]) graph.edges[n++] = graph.edges[e];
    const bool changed = n != graph.edges.size();
    graph.edges.resize(n);
    return changed;
}

// The largest connected network (source and sink do not count as a connection).
std::vector<bool> largest_network(const VesselGraph& graph) {
    Sets sets(graph.vertices.size());
    for (const auto& e : graph.edges) sets.join(e.a, e.b);
    std::map<std::uint32_t, std::size_t> sizes;
    for (const auto& e : graph.edges) ++sizes[sets.find(e.a)];
    const auto best =
        std::max_element(sizes.begin(), sizes.end(), [](const auto& l, const auto& r) { return l.second < r.second; });
    std::vector<bool> chosen(graph.edges.size());
    for (std::size_t e = 0; e < graph.edges.size(); ++e) chosen[e] = sets.find(graph.edges[e].a) == best->first;
    return chosen;
}

void keep_used(std::vector<std::uint32_t>& tops, const std::vector<std::vector<std::uint32_t>>& at) {
    std::erase_if(tops, [&](std::uint32_t v) { return at[v].empty(); });
}

}  // namespace

std::vector<std::vector<std::uint32_t>> VesselGraph::incidence() const {
    std::vector<std::vector<std::uint32_t>> at(vertices.size());
    for (std::uint32_t e = 0; e < edges.size(); ++e) at[edges[e].a].push_back(e), at[edges[e].b].push_back(e);
    return at;
}

VesselGraph make_vessel_graph(const Box& box, double spacing, std::uint64_t seed) {
    VesselGraph graph;
    add_trunks(graph, box, seed);
    const std::size_t first_fork = graph.vertices.size();
    add_forks(graph, box, spacing, seed);
    Bed bed(graph, box, spacing, first_fork);
    bed.attach_trunks();
    bed.connect(seed);
    return graph;
}

void keep_perfused(VesselGraph& graph) {
    for (bool changed = true; changed;) {
        changed = keep(graph, edges_between(graph));
        if (graph.edges.empty() || graph.inlets.empty() || graph.outlets.empty())
            throw UserError{Problem{
                "tissue box",
                "no way from an arteriole to a venule: the box is too small for the spacing of the capillary bed",
                "take a larger --box, fewer neurons per mm3, or a smaller --capillary-spacing"}};
        changed = keep(graph, largest_network(graph)) || changed;
        const auto at = graph.incidence();
        keep_used(graph.inlets, at);
        keep_used(graph.outlets, at);
    }
}

}  // namespace ngv::circuit
