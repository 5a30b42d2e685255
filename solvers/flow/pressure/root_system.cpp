#include "solvers/flow/pressure/root_system.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "ngv/error.hpp"

namespace ngv::flow {

namespace {

using Edge = Elimination::Edge;

std::int32_t find(std::vector<std::int32_t>& parent, std::int32_t i) {
    while (parent[i] != i) i = parent[i] = parent[parent[i]];
    return i;
}

// Nodes in the order of a search in breadth, so that neighbours lie close in memory.
std::vector<std::int32_t> by_breadth(const Elimination& left, std::size_t num_nodes,
                                     const std::vector<std::uint8_t>& fixed) {
    std::vector<std::int32_t> offset(num_nodes + 1, 0);
    for (const auto e : left.core_edges())
        for (const auto n : left.edges()[e]) ++offset[n + 1];
    std::partial_sum(offset.begin(), offset.end(), offset.begin());
    std::vector<std::int32_t> other(offset.back());
    auto next = offset;
    for (const auto e : left.core_edges()) {
        const auto [a, b] = left.edges()[e];
        other[next[a]++] = b;
        other[next[b]++] = a;
    }
    std::vector<std::uint8_t> seen = fixed;
    std::vector<std::int32_t> order;
    for (const auto start : left.core_nodes()) {
        if (seen[start]) continue;
        seen[start] = 1;
        order.push_back(start);
        for (auto at = order.size() - 1; at < order.size(); ++at)
            for (auto k = offset[order[at]]; k < offset[order[at] + 1]; ++k)
                if (!seen[other[k]]) seen[other[k]] = 1, order.push_back(other[k]);
    }
    return order;
}

}  // namespace

PressureSolver::Root::Root(const Sections::Network& net, PressureOptions options) : net_(net) {
    const auto given_nodes = net.node_id.size();
    std::vector<Edge> edges;
    edges.reserve(net.ends.size());
    degree_.assign(given_nodes, 0);
    std::vector<std::int32_t> parent(given_nodes);
    std::iota(parent.begin(), parent.end(), 0);
    std::vector<std::uint8_t> solved(given_nodes, 0);
    for (std::size_t s = 0; s < net.ends.size(); ++s) {
        const auto [a, b] = net.ends[s];
        edges.push_back(net.solved[s] ? Edge{a, b} : Edge{a, a});  // an edge to itself is left out
        ++degree_[a], ++degree_[b];
        solved[a] = solved[b] = net.solved[s];
        const auto x = find(parent, a), y = find(parent, b);
        parent[std::max(x, y)] = std::min(x, y);
    }
    std::vector<std::uint8_t> fixed(given_nodes, 0), anchored(given_nodes, 0);
    for (std::size_t n = 0; n < given_nodes; ++n) {
        if (!solved[n]) continue;
        const auto condition = net.boundary[n].condition;
        fixed[n] = condition == Condition::pressure;
        if (condition == Condition::pressure || condition == Condition::resistance)
            anchored[find(parent, static_cast<std::int32_t>(n))] = 1;
        if (condition == Condition::resistance) resistor_node_.push_back(static_cast<std::int32_t>(n));
    }
    component_.assign(given_nodes, -1);
    floating_.assign(given_nodes, 0);
    for (std::size_t n = 0; n < given_nodes; ++n) {
        if (!solved[n]) continue;
        component_[n] = find(parent, static_cast<std::int32_t>(n));
        floating_[n] = !anchored[component_[n]];
        // Where only flows are given the pressure is free by a constant: the lowest junction holds it meanwhile.
        if (floating_[n] && component_[n] == static_cast<std::int32_t>(n)) fixed[n] = 1;
    }
    for (std::size_t r = 0; r < resistor_node_.size(); ++r) {
        edges.push_back({resistor_node_[r], static_cast<std::int32_t>(given_nodes + r)});
        fixed.push_back(1);
    }

    const auto nodes = given_nodes + resistor_node_.size();
    elimination_.emplace(nodes, edges, fixed);
    const auto unsolved = std::count(component_.begin(), component_.end(), -1);
    core_order_ = by_breadth(*elimination_, nodes, fixed);
    // What has no edge left and no pressure is a component that is not solved.
    std::erase_if(core_order_,
                  [&](std::int32_t n) { return n < static_cast<std::int32_t>(given_nodes) && component_[n] < 0; });
    NGV_ASSERT(core_order_.size() + unsolved >= elimination_->core_nodes().size());
    std::vector<std::int32_t> number(nodes, 0);
    for (std::size_t k = 0; k < core_order_.size(); ++k) number[core_order_[k]] = static_cast<std::int32_t>(k);
    for (std::size_t n = 0; n < nodes; ++n)
        if (fixed[n]) {
            number[n] = -1 - static_cast<std::int32_t>(fixed_.size());
            fixed_.push_back(static_cast<std::int32_t>(n));
        }
    std::vector<Edge> core_edges;
    for (const auto e : elimination_->core_edges()) {
        const auto [a, b] = elimination_->edges()[e];
        core_edges.push_back({number[a], number[b]});
    }
    core_ = std::make_unique<CoreSolver>(static_cast<std::int32_t>(core_order_.size()), std::move(core_edges), options);
    conductance_.resize(elimination_->num_edges());
    flow_.assign(elimination_->num_edges(), 0.0);
    source_.resize(nodes), pressure_.resize(nodes);
    core_source_.resize(core_order_.size()), given_.resize(fixed_.size());
    core_conductance_.resize(elimination_->core_edges().size());
}

SolveInfo PressureSolver::Root::solve(std::span<const double> conductance, std::span<const double> extra,
                                      double base_pressure, double tolerance) {
    const auto given_nodes = net_.node_id.size();
    std::copy(conductance.begin(), conductance.end(), conductance_.begin());
    for (std::size_t r = 0; r < resistor_node_.size(); ++r)
        conductance_[conductance.size() + r] = 1.0 / net_.boundary[resistor_node_[r]].resistance;
    std::fill(source_.begin(), source_.end(), 0.0);
    for (std::size_t n = 0; n < given_nodes; ++n)
        source_[n] = extra[n] + (net_.boundary[n].condition == Condition::flow ? net_.boundary[n].value : 0.0);
    share_growth(extra);
    const std::vector<double> put_in(source_.begin(), source_.begin() + given_nodes);
    elimination_->forward(conductance_, source_);

    for (std::size_t k = 0; k < fixed_.size(); ++k) {
        const auto n = static_cast<std::size_t>(fixed_[k]);
        given_[k] = n >= given_nodes ? net_.boundary[resistor_node_[n - given_nodes]].value
                    : net_.boundary[n].condition == Condition::pressure ? net_.boundary[n].value
                                                                        : 0.0;
        pressure_[n] = given_[k];
    }
    for (std::size_t k = 0; k < core_order_.size(); ++k) core_source_[k] = source_[core_order_[k]];
    for (std::size_t k = 0; k < core_conductance_.size(); ++k)
        core_conductance_[k] = conductance_[elimination_->core_edges()[k]];
    const auto info = core_->solve(core_conductance_, core_source_, given_, tolerance);
    for (std::size_t k = 0; k < core_order_.size(); ++k) pressure_[core_order_[k]] = core_->high()[k] + core_->low()[k];
    for (std::size_t k = 0; k < core_conductance_.size(); ++k) flow_[elimination_->core_edges()[k]] = core_->flow()[k];
    elimination_->backward(conductance_, source_, flow_, pressure_);

    // What a given pressure puts in is what its sections carry away.
    boundary_source_.assign(given_nodes, 0.0);
    std::vector<double> away(given_nodes, 0.0);
    for (std::size_t s = 0; s < net_.ends.size(); ++s) {
        if (!net_.solved[s]) continue;
        away[net_.ends[s][0]] += flow_[s];
        away[net_.ends[s][1]] -= flow_[s];
    }
    for (std::size_t n = 0; n < given_nodes; ++n) {
        if (component_[n] < 0) continue;
        const auto condition = net_.boundary[n].condition;
        boundary_source_[n] = condition == Condition::flow     ? put_in[n] - extra[n]
                              : condition == Condition::closed ? 0.0
                                                               : away[n] - extra[n];
    }
    lift_floating(base_pressure);
    for (std::size_t n = 0; n < given_nodes; ++n)
        if (component_[n] < 0) pressure_[n] = std::numeric_limits<double>::quiet_NaN();
    for (std::size_t s = 0; s < net_.ends.size(); ++s)
        if (!net_.solved[s]) flow_[s] = std::numeric_limits<double>::quiet_NaN();
    return info;
}

// Where only flows are given, the blood that growing vessels take in is missing at the outlets, in proportion to their
// flow.
void PressureSolver::Root::share_growth(std::span<const double> extra) {
    std::vector<double> taken(extra.size(), 0.0), outflow(extra.size(), 0.0);
    for (std::size_t n = 0; n < extra.size(); ++n) {
        if (!floating_[n]) continue;
        taken[component_[n]] -= extra[n];
        outflow[component_[n]] += std::min(source_[n] - extra[n], 0.0);
    }
    for (std::size_t n = 0; n < extra.size(); ++n)
        if (floating_[n] && taken[component_[n]] != 0.0)
            source_[n] += taken[component_[n]] * std::min(source_[n] - extra[n], 0.0) / outflow[component_[n]];
}

void PressureSolver::Root::lift_floating(double base_pressure) {
    std::vector<double> least(net_.node_id.size(), HUGE_VAL);
    for (std::size_t n = 0; n < least.size(); ++n)
        if (floating_[n] && degree_[n] == 1) least[component_[n]] = std::min(least[component_[n]], pressure_[n]);
    for (std::size_t n = 0; n < least.size(); ++n)
        if (floating_[n]) {
            const double low = least[component_[n]];
            pressure_[n] += base_pressure - (low == HUGE_VAL ? 0.0 : low);
        }
}

// node of each unknown | high | low | conductances of the multigrid | usual effort | stale
std::vector<double> PressureSolver::Root::start() const {
    const auto kept = core_->start();
    std::vector<double> start;
    for (const auto node : core_order_) {
        const auto n = static_cast<std::size_t>(node);  // nodes beyond the network's end a resistance of one of them
        start.push_back(static_cast<double>(n < net_.node_id.size() ? net_.node_id[n] : -1 - node));
    }
    for (const auto* part : {&kept.high, &kept.low, &kept.made_for})
        start.insert(start.end(), part->begin(), part->end());
    start.insert(start.end(), {kept.usual_effort, kept.stale ? 1.0 : 0.0});
    return start;
}

bool PressureSolver::Root::set_start(std::span<const double> start) {
    const auto mine = this->start();
    const auto n = core_order_.size();
    if (start.size() < 3 * n + 2 || !std::equal(start.begin(), start.begin() + n, mine.begin())) return false;
    const auto part = [&](std::size_t begin, std::size_t end) {
        return std::vector<double>(start.begin() + begin, start.begin() + end);
    };
    const auto end = start.size() - 2;
    if (const auto made_for = end - 3 * n; made_for != 0 && made_for != core_conductance_.size()) return false;
    core_->set_start({part(n, 2 * n), part(2 * n, 3 * n), part(3 * n, end), start[end], start[end + 1] != 0});
    return true;
}

}  // namespace ngv::flow
