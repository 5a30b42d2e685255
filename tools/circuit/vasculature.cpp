#include "tools/circuit/vasculature.hpp"

#include <limits>
#include <numbers>

#include "ngv/error.hpp"
#include "tools/circuit/stream.hpp"
#include "tools/circuit/vessel_graph.hpp"

namespace ngv::circuit {

namespace {

constexpr double piece_length = 18;  // um
constexpr int unreached = std::numeric_limits<int>::max();

/// A way from fork to fork (or to the top) through vertices with two edges: one SONATA section.
struct Chain {
    std::vector<std::uint32_t> vertices;
    bool tree = true;  ///< arteriole or venule, no capillary in it
    Side side = Side::none;
    double radius = 0;
    VesselType type = VesselType::transitional;
    std::uint32_t first() const { return vertices.front(); }
    std::uint32_t last() const { return vertices.back(); }
    std::uint32_t other(std::uint32_t v) const { return v == first() ? last() : first(); }
};

std::vector<Chain> make_chains(const VesselGraph& graph) {
    const auto at = graph.incidence();
    std::vector<bool> used(graph.edges.size(), false);
    std::vector<Chain> chains;
    for (std::uint32_t v = 0; v < graph.vertices.size(); ++v) {
        if (at[v].empty() || at[v].size() == 2) continue;
        for (const auto start : at[v]) {
            if (used[start]) continue;
            Chain chain;
            chain.vertices.push_back(v);
            for (std::uint32_t e = start, here = v;;) {
                used[e] = true;
                const auto& edge = graph.edges[e];
                if (edge.link == Link::capillary) chain.tree = false;
                if (edge.side != Side::none) chain.side = edge.side;
                here = edge.a == here ? edge.b : edge.a;
                chain.vertices.push_back(here);
                if (at[here].size() != 2) break;
                e = at[here][0] == e ? at[here][1] : at[here][0];
            }
            if (!chain.tree) chain.side = Side::none;
            chains.push_back(std::move(chain));
        }
    }
    return chains;
}

class Forks {
  public:
    Forks(const std::vector<Chain>& chains, std::size_t num_vertices) : at_(num_vertices) {
        for (std::uint32_t c = 0; c < chains.size(); ++c)
            at_[chains[c].first()].push_back(c), at_[chains[c].last()].push_back(c);
    }
    const std::vector<std::uint32_t>& operator[](std::uint32_t v) const { return at_[v]; }

  private:
    std::vector<std::vector<std::uint32_t>> at_;
};

// Turns trees so that blood flows along the chains, and gives them Murray's radii from the capillaries up.
void set_tree_radii(std::vector<Chain>& chains, const Forks& forks, std::uint32_t top) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> order;  // chain, its end away from the top
    const auto grow = [&](std::uint32_t v, std::uint32_t from) {
        for (const auto c : forks[v])
            if (c != from && chains[c].tree) order.emplace_back(c, chains[c].other(v));
    };
    grow(top, static_cast<std::uint32_t>(chains.size()));
    for (std::size_t i = 0; i < order.size(); ++i) grow(order[i].second, order[i].first);
    for (auto i = order.rbegin(); i != order.rend(); ++i) {
        const auto [c, far] = *i;
        double cubes = 0;
        for (const auto other : forks[far])
            if (other != c) cubes += std::pow(chains[other].radius, 3);
        NGV_ASSERT(cubes > 0);
        chains[c].radius = static_cast<float>(std::cbrt(cubes));
        const bool downstream_is_far = chains[c].side == Side::artery;
        if ((chains[c].last() == far) != downstream_is_far)
            std::reverse(chains[c].vertices.begin(), chains[c].vertices.end());
    }
}

// Number of chains from each chain to the nearest tree of a side: 0 for the tree itself.
std::vector<int> steps_from(const std::vector<Chain>& chains, const Forks& forks, Side side) {
    std::vector<int> steps(chains.size(), unreached);
    std::vector<std::uint32_t> queue;
    for (std::uint32_t c = 0; c < chains.size(); ++c)
        if (chains[c].side == side) steps[c] = 0, queue.push_back(c);
    for (std::size_t i = 0; i < queue.size(); ++i)
        for (const auto v : {chains[queue[i]].first(), chains[queue[i]].last()})
            for (const auto c : forks[v])
                if (steps[c] == unreached) steps[c] = steps[queue[i]] + 1, queue.push_back(c);
    return steps;
}

void set_types(std::vector<Chain>& chains, const Forks& forks) {
    const auto artery = steps_from(chains, forks, Side::artery), vein = steps_from(chains, forks, Side::vein);
    for (std::size_t c = 0; c < chains.size(); ++c) {
        auto& chain = chains[c];
        if (chain.tree)
            chain.type = chain.side == Side::artery ? VesselType::arteriole : VesselType::venule;
        else if (artery[c] < vein[c] && artery[c] <= 2)
            chain.type = VesselType::arterial_capillary;
        else if (vein[c] < artery[c] && vein[c] <= 2)
            chain.type = VesselType::venous_capillary;
    }
}

// A smooth course through the chain's vertices: a Catmull-Rom spline with a sideways wave, cut into pieces of equal
// length.
std::vector<Vec3> course(const Chain& chain, const VesselGraph& graph, const Box& inside, double waviness,
                         Stream random) {
    std::vector<Vec3> knots;
    for (const auto v : chain.vertices) knots.push_back(graph.vertices[v]);
    constexpr int samples = 12;
    std::vector<Vec3> fine;
    for (std::size_t i = 0; i + 1 < knots.size(); ++i) {
        const Vec3 p1 = knots[i], p2 = knots[i + 1];
        const Vec3 p0 = i > 0 ? knots[i - 1] : p1, p3 = i + 2 < knots.size() ? knots[i + 2] : p2;
        const Vec3 side = perpendicular(p2 - p1, random.angle());
        const double height = waviness * distance(p1, p2) * random.uniform(0.5, 1.5);
        for (int s = 0; s < samples; ++s) {
            const double t = static_cast<double>(s) / samples;
            const Vec3 spline = 0.5 * (2 * p1 + t * (p2 - p0) + t * t * (2 * p0 - 5 * p1 + 4 * p2 - p3) +
                                       t * t * t * (3 * p1 - p0 - 3 * p2 + p3));
            fine.push_back(s == 0 ? p1 : inside.clamp(spline + height * std::sin(std::numbers::pi * t) * side));
        }
    }
    fine.push_back(knots.back());
    std::vector<double> along(fine.size(), 0);
    for (std::size_t i = 1; i < fine.size(); ++i) along[i] = along[i - 1] + distance(fine[i - 1], fine[i]);
    const auto n = std::max<std::int64_t>(2, std::llround(along.back() / piece_length));
    std::vector<Vec3> points{fine.front()};
    for (std::int64_t i = 1; i < n; ++i) {
        const double s = along.back() * static_cast<double>(i) / static_cast<double>(n);
        const auto k = static_cast<std::size_t>(std::upper_bound(along.begin(), along.end(), s) - along.begin());
        points.push_back(fine[k - 1] + (s - along[k - 1]) / (along[k] - along[k - 1]) * (fine[k] - fine[k - 1]));
    }
    points.push_back(fine.back());
    return points;
}

}  // namespace

Vasculature grow_vasculature(const Box& box, double spacing, std::uint64_t seed) {
    auto graph = make_vessel_graph(box, spacing, seed);
    keep_perfused(graph);

    auto chains = make_chains(graph);
    const Forks forks(chains, graph.vertices.size());
    for (std::size_t c = 0; c < chains.size(); ++c)
        if (!chains[c].tree)
            chains[c].radius = static_cast<float>(std::clamp(
                Stream(seed, purpose("capillary radius"), static_cast<std::int64_t>(c)).normal(2.4, 0.3), 1.9, 3.1));
    for (const auto top : graph.inlets) set_tree_radii(chains, forks, top);
    for (const auto top : graph.outlets) set_tree_radii(chains, forks, top);
    set_types(chains, forks);

    Vasculature vessels;
    std::vector<std::int64_t> number(graph.vertices.size(), -1);
    const auto point = [&](Vec3 p) {
        vessels.points.push_back(rounded(p, 64));
        return static_cast<std::uint32_t>(vessels.points.size() - 1);
    };
    const auto fork = [&](std::uint32_t v) {
        if (number[v] < 0) number[v] = point(graph.vertices[v]);
        return static_cast<std::uint32_t>(number[v]);
    };
    for (std::uint32_t c = 0; c < chains.size(); ++c) {
        const auto& chain = chains[c];
        const auto points = course(chain, graph, box.shrunk(chain.tree ? 0.5 : 5), chain.tree ? 0.03 : 0.12,
                                   Stream(seed, purpose("vessel course"), c));
        std::uint32_t start = fork(chain.first());
        for (std::uint32_t i = 1; i < points.size(); ++i) {
            const std::uint32_t end = i + 1 < points.size() ? point(points[i]) : fork(chain.last());
            vessels.pieces.push_back({start, end, c, i - 1, static_cast<float>(2 * chain.radius), chain.type});
            start = end;
        }
    }
    vessels.num_sections = static_cast<std::uint32_t>(chains.size());
    return vessels;
}

VesselIndex::VesselIndex(const Vasculature& vessels, const Box& box)
    : vessels_(vessels),
      grid_(
          vessels.pieces.size(), [&](std::size_t i) { return 0.5 * (vessels.start(i) + vessels.end(i)); }, box, 20) {
    for (std::size_t i = 0; i < vessels.pieces.size(); ++i) {
        half_length_ = std::max(half_length_, vessels.length(i) / 2);
        max_radius_ = std::max(max_radius_, vessels.radius(i));
    }
}

template <class Visitor>
void VesselIndex::visit(Vec3 p, double reach, Visitor visitor) const {
    const double r = reach + half_length_ + max_radius_;
    grid_.visit(p - Vec3{r, r, r}, p + Vec3{r, r, r}, [&](std::uint32_t i) {
        const Vec3 a = vessels_.start(i), b = vessels_.end(i);
        const double t = nearest_on(a, b, p);
        const double clearance = distance(p, a + t * (b - a)) - vessels_.radius(i);
        if (clearance <= reach) visitor(Hit{i, t, clearance});
    });
}

std::vector<VesselIndex::Hit> VesselIndex::near(Vec3 p, double reach) const {
    std::vector<Hit> hits;
    visit(p, reach, [&](const Hit& hit) { hits.push_back(hit); });
    std::sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) { return a.piece < b.piece; });
    return hits;
}

double VesselIndex::clearance(Vec3 p, double reach) const {
    double nearest = reach;
    visit(p, reach, [&](const Hit& hit) { nearest = std::min(nearest, hit.clearance); });
    return nearest;
}

}  // namespace ngv::circuit
