#include "solvers/flow/hematocrit/steady_hematocrit.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "solvers/flow/parallel/on_root.hpp"

namespace ngv::flow {

namespace {

constexpr double loose = 1e-3;  // balance of the flows while cells still move a lot

}  // namespace

SteadyHematocrit::SteadyHematocrit(const Sections& sections, double inflow, HematocritOptions options)
    : sections_(sections), options_(options) {
    on_root(sections.comm(), [&] {
        cells_.emplace(sections.network(), options.law, inflow);
        state_.assign(sections.network().ends.size(), inflow);
    });
}

void SteadyHematocrit::spread(std::span<double> hematocrit) const {
    const auto local = sections_.scatter(state_, 1);
    for (std::size_t s = 0; s < sections_.size(); ++s)
        std::fill(hematocrit.begin() + sections_.begin(s), hematocrit.begin() + sections_.end(s), local[s]);
}

void SteadyHematocrit::go_on_from(std::span<const double> hematocrit) {
    std::vector<double> local;
    for (std::size_t s = 0; s < sections_.size(); ++s) local.push_back(hematocrit[sections_.begin(s)]);
    auto all = sections_.gather(local, 1);
    on_root(sections_.comm(), [&] { state_ = std::move(all); });
}

HematocritInfo SteadyHematocrit::solve(PressureSolver& pressures, const Resistances& resistances,
                                       std::span<const double> radius, std::span<double> hematocrit,
                                       std::span<double> resistance, SolveInfo& last) {
    std::vector<double> ends;
    ends.reserve(2 * sections_.size());
    for (std::size_t s = 0; s < sections_.size(); ++s)
        ends.insert(ends.end(), {2 * radius[sections_.begin(s)], 2 * radius[sections_.end(s) - 1]});
    const auto diameters = sections_.gather(ends, 2);

    HematocritInfo info;
    Relaxation mix(state_.size(), options_.relaxation);
    // A small change means something only if the flows are known better than that.
    const double sharp = std::max(1e-2 * options_.tolerance, 1e-12);
    double tolerance = loose;
    for (;;) {
        spread(hematocrit);
        resistances.evaluate(hematocrit, resistance);
        last = pressures.solve_sections(resistance, {}, tolerance);
        info.linear_iterations += last.iterations;
        std::array<double, 2> now{};  // change, vessel
        on_root(sections_.comm(), [&] {
            routed_ = state_;
            cells_->route(pressures.section_flow(), pressures.node_source(), diameters, routed_);
            for (std::size_t s = 0; s < state_.size(); ++s)
                if (const double change = std::abs(routed_[s] - state_[s]); change > now[0])
                    now = {change, static_cast<double>(sections_.network().vessel[s][0])};
        });
        MPI_Bcast(now.data(), 2, MPI_DOUBLE, 0, sections_.comm());
        ++info.sweeps;
        info.change = now[0];
        info.vessel = static_cast<std::int64_t>(now[1]);
        info.converged = info.change <= options_.tolerance && tolerance <= sharp;
        if (info.converged || info.sweeps >= options_.most_sweeps) break;
        tolerance = info.change <= options_.tolerance ? sharp : std::clamp(1e-2 * info.change, sharp, loose);
        on_root(sections_.comm(), [&] {
            mix.next(state_, routed_);
            for (auto& h : state_) h = std::clamp(h, 0.0, 0.99);
        });
    }
    last = pressures.solve(resistance);
    // The state that goes with these flows, so that no cell is lost between them.
    on_root(sections_.comm(), [&] {
        cells_->route(pressures.section_flow(), pressures.node_source(), diameters, state_);
        info.imbalance = cells_->imbalance(pressures.node_source(), state_);
    });
    MPI_Bcast(&info.imbalance, 1, MPI_DOUBLE, 0, sections_.comm());
    spread(hematocrit);
    return info;
}

}  // namespace ngv::flow
