#include "solvers/flow/core/elimination.hpp"

#include <algorithm>

#include "ngv/error.hpp"

namespace ngv::flow {

namespace {

// The edges that are left at each junction, as lists through both ends of each edge.
class Incidence {
  public:
    Incidence(std::size_t nodes, std::vector<Elimination::Edge>& edges)
        : edges_(edges), head_(nodes, -1), degree_(nodes) {
        for (std::size_t e = 0; e < edges.size(); ++e) add(static_cast<std::int32_t>(e));
    }

    void add(std::int32_t e) {
        const auto [a, b] = edges_[e];
        alive_.resize(edges_.size(), 0);
        next_.resize(edges_.size());
        if (a == b) return;
        alive_[e] = 1;
        next_[e] = {head_[a], head_[b]};
        head_[a] = head_[b] = e;
        ++degree_[a], ++degree_[b];
    }
    void remove(std::int32_t e) {
        alive_[e] = 0;
        --degree_[edges_[e][0]], --degree_[edges_[e][1]];
    }
    std::int32_t degree(std::int32_t n) const { return degree_[n]; }
    bool alive(std::int32_t e) const { return alive_[e] != 0; }
    std::int32_t other(std::int32_t e, std::int32_t n) const { return edges_[e][0] == n ? edges_[e][1] : edges_[e][0]; }

    // The first edge at n that is left, after edge e (-1: from the beginning); -1 if there is none.
    std::int32_t following(std::int32_t n, std::int32_t e) const {
        do e = e < 0 ? head_[n] : next_[e][edges_[e][0] == n ? 0 : 1];
        while (e >= 0 && !alive(e));
        return e;
    }
    // An edge between a and b that is left, other than e.
    std::int32_t beside(std::int32_t e, std::int32_t a, std::int32_t b) const {
        const auto from = degree_[a] < degree_[b] ? a : b, to = from == a ? b : a;
        for (auto f = following(from, -1); f >= 0; f = following(from, f))
            if (f != e && other(f, from) == to) return f;
        return -1;
    }

  private:
    std::vector<Elimination::Edge>& edges_;
    std::vector<std::int32_t> head_, degree_;
    std::vector<std::array<std::int32_t, 2>> next_;
    std::vector<std::uint8_t> alive_;
};

}  // namespace

Elimination::Elimination(std::size_t num_nodes, std::span<const Edge> edges, std::span<const std::uint8_t> fixed)
    : edges_(edges.begin(), edges.end()) {
    NGV_ASSERT(fixed.size() == num_nodes);
    Incidence left(num_nodes, edges_);
    std::vector<std::uint8_t> gone(num_nodes, 0);
    std::vector<std::int32_t> waiting;
    const auto look_at = [&](std::int32_t n) {
        if (!fixed[n] && !gone[n] && left.degree(n) <= 2) waiting.push_back(n);
    };
    const auto new_edge = [&](std::int32_t a, std::int32_t b) {
        edges_.push_back({a, b});
        return static_cast<std::int32_t>(edges_.size() - 1);
    };
    const auto merge = [&](std::int32_t e, std::int32_t f) {
        left.remove(e), left.remove(f);
        const auto [a, b] = edges_[e];
        const auto g = new_edge(a, b);
        left.add(g);
        steps_.push_back({Kind::parallel, -1, e, f, g});
        return g;
    };
    for (std::size_t n = num_nodes; n-- > 0;) look_at(static_cast<std::int32_t>(n));
    while (!waiting.empty()) {
        const auto n = waiting.back();
        waiting.pop_back();
        if (gone[n] || left.degree(n) == 0) continue;
        gone[n] = 1;
        auto e = left.following(n, -1);
        const auto f = left.following(n, e);
        const auto a = left.other(e, n), b = f < 0 ? a : left.other(f, n);
        if (f >= 0 && a == b) e = merge(e, f);
        if (f < 0 || a == b) {
            left.remove(e);
            steps_.push_back({Kind::leaf, n, e, a, -1});
            look_at(a);
            continue;
        }
        left.remove(e), left.remove(f);
        auto g = new_edge(a, b);
        left.add(g);
        steps_.push_back({Kind::series, n, e, f, g});
        if (const auto h = left.beside(g, a, b); h >= 0) merge(g, h);
        look_at(a), look_at(b);
    }
    for (std::size_t n = 0; n < num_nodes; ++n)
        if (!fixed[n] && !gone[n]) core_nodes_.push_back(static_cast<std::int32_t>(n));
    for (std::size_t e = 0; e < edges_.size(); ++e)
        if (left.alive(static_cast<std::int32_t>(e))) core_edges_.push_back(static_cast<std::int32_t>(e));
    edges_.shrink_to_fit(), steps_.shrink_to_fit(), core_nodes_.shrink_to_fit(), core_edges_.shrink_to_fit();
}

void Elimination::forward(std::span<double> g, std::span<double> source) const {
    for (const auto& [kind, n, e, f, to] : steps_) {
        if (kind == Kind::parallel) {
            g[to] = g[e] + g[f];
        } else if (kind == Kind::leaf) {
            source[f] += source[n];
        } else {
            const double share = g[e] / (g[e] + g[f]);
            g[to] = share * g[f];
            if (source[n] == 0.0) continue;
            source[edges_[to][0]] += source[n] * share;
            source[edges_[to][1]] += source[n] * (1.0 - share);
        }
    }
}

void Elimination::backward(std::span<const double> g, std::span<const double> source, std::span<double> flow,
                           std::span<double> pressure) const {
    const auto along = [&](std::int32_t e, std::int32_t tail) { return edges_[e][0] == tail ? 1.0 : -1.0; };
    for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
        const auto& [kind, n, e, f, to] = *step;
        if (kind == Kind::parallel) {
            flow[e] = flow[to] * (g[e] / g[to]);
            flow[f] = (flow[to] - flow[e]) * along(f, edges_[to][0]);
        } else if (kind == Kind::leaf) {
            flow[e] = source[n] * along(e, n);
            pressure[n] = pressure[f] + source[n] / g[e];
        } else {
            const auto [a, b] = edges_[to];
            const double in = flow[to] - source[n] * (g[e] / (g[e] + g[f]));
            flow[e] = in * along(e, a);
            flow[f] = (in + source[n]) * along(f, n);
            pressure[n] = (source[n] + g[e] * pressure[a] + g[f] * pressure[b]) / (g[e] + g[f]);
        }
    }
}

}  // namespace ngv::flow
