#include "solvers/rd/kinetics/first_order.hpp"

#include <algorithm>
#include <cmath>

namespace ngv::rd {

namespace {

constexpr double negligible = 1e-17;

Lanes larger(const Lanes& a, const Lanes& b) {
    return a > b ? a : b;
}

}  // namespace

bool FirstOrder::fits(const Network& network) {
    return std::all_of(network.steps.begin(), network.steps.end(),
                       [](const auto& s) { return s.reactants.size() == 1 && s.reactants[0].count == 1; }) &&
           std::all_of(network.unknowns.begin(), network.unknowns.end(),
                       [&](const auto& u) { return u.side == network.unknowns[0].side; });
}

FirstOrder::FirstOrder(const Network& network)
    : network_(network), term_(network.unknowns.size()), sum_(network.unknowns.size()), flux_(network.steps.size()) {
    for (const auto& step : network.steps) {
        int made = 0;
        for (const auto& change : step.changes) made += std::max(0, change.count);
        growth_ = std::max(growth_, 1.0 + made);
    }
}

void FirstOrder::advance(Rosenbrock::Batch& batch, double dt) {
    const std::size_t n = term_.size(), steps = flux_.size();
    std::fill(sum_.begin(), sum_.end(), Lanes{});
    for (std::size_t j = 0; j < steps; ++j) sum_[network_.steps[j].reactants[0].unknown] += batch.rate[j];
    Lanes q{};
    for (const auto& events : sum_) q = larger(q, events);
    const Lanes per_q = q > 0.0 ? 1.0 / q : Lanes{};
    const Lanes events = q * dt;

    Lanes weight, left{};  // of the term, and of all terms behind it
    for (int l = 0; l < lanes; ++l) {
        weight[l] = std::exp(-events[l]);
        left[l] = -std::expm1(-events[l]);
    }
    Lanes total = weight;
    for (std::size_t u = 0; u < n; ++u) {
        term_[u] = batch.y[u];
        sum_[u] = weight * term_[u];
    }
    double power = 1.0;
    for (int k = 1;; ++k) {
        for (std::size_t j = 0; j < steps; ++j) {
            flux_[j] = batch.rate[j] * per_q * term_[network_.steps[j].reactants[0].unknown];
            if (!batch.extent.empty()) batch.extent[j] += left * flux_[j];
        }
        for (std::size_t j = 0; j < steps; ++j)
            for (const auto& change : network_.steps[j].changes)
                term_[change.unknown] += static_cast<double>(change.count) * batch.weight[change.unknown] * flux_[j];
        power *= growth_;
        const Lanes next = weight * events / static_cast<double>(k);
        const Lanes size = power * next;
        weight = size > negligible || events > static_cast<double>(k) ? next : Lanes{};
        bool any = false;
        for (int l = 0; l < lanes; ++l) any |= weight[l] > 0.0;
        if (!any) break;
        for (std::size_t u = 0; u < n; ++u) sum_[u] += weight * term_[u];
        total += weight;
        left = larger(left - weight, Lanes{});
    }
    for (std::size_t u = 0; u < n; ++u) batch.y[u] = sum_[u] / total;
}

}  // namespace ngv::rd
