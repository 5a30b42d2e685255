#include "solvers/flow/model/flow_model.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <numbers>

#include "ngv/error.hpp"

namespace ngv::flow {

FlowModel::FlowModel(MPI_Comm comm, Vessels vessels, const FlowOptions& options)
    : options_(options),
      graph_(comm, std::move(vessels)),
      summary_(summarize(graph_)),
      boundary_(graph_, options_.boundary),
      sections_(graph_, boundary_),
      territories_(graph_, boundary_, summary_, options_.tissue),
      pressures_(sections_, boundary_.base_pressure(), options_.pressure),
      resistances_(options_.blood, graph_.vessels().length) {
    const auto n = graph_.num_vessels();
    foot_radius_ = graph_.vessels().radius;
    coverage_.assign(n, 0.0);
    hematocrit_.assign(n, options_.blood.hematocrit);
    resistance_.resize(n), radius_.resize(n), volume_.resize(n);
    component_inflow_.resize(graph_.num_components());
    if (options_.hematocrit.law != PhaseSeparation::none)
        steady_hematocrit_.emplace(sections_, options_.blood.hematocrit, options_.hematocrit);
    check_radii(0.0);
}

void FlowModel::set_endfoot_radius(std::span<const double> radius_um, std::span<const std::uint8_t> covered,
                                   std::span<const double> coverage) {
    const auto& rest = graph_.vessels().radius;
    NGV_ASSERT(radius_um.size() == rest.size() && covered.size() == rest.size());
    NGV_ASSERT(coverage.empty() || coverage.size() == rest.size());
    for (std::size_t i = 0; i < rest.size(); ++i) {
        foot_radius_[i] = covered[i] ? radius_um[i] : rest[i];
        coverage_[i] = !covered[i] ? 0.0 : coverage.empty() ? options_.endfoot_coverage : coverage[i];
    }
}

// Finds the vessel with the lowest id, on any rank, whose radius the viscosity law cannot take; then all ranks stop.
void FlowModel::check_radii(double time_ms) const {
    const auto& v = graph_.vessels();
    const double least =
        options_.blood.smallest_diameter > least_diameter(options_.blood) ? 0.0 : 0.5 * least_diameter(options_.blood);
    std::int64_t first = INT64_MAX, count = 0;
    double radius = 0.0;
    for (std::size_t i = 0; i < v.size(); ++i) {
        const double r = foot_radius_[i];
        if (r > least && r < HUGE_VAL) continue;
        if (!boundary_.solved(graph_.component_of_vessel(i)) && r > 0) continue;
        ++count;
        if (v.id[i] < first) first = v.id[i], radius = r;
    }
    MPI_Allreduce(MPI_IN_PLACE, &count, 1, MPI_INT64_T, MPI_SUM, graph_.comm());
    if (count == 0) return;
    std::int64_t mine = first;
    MPI_Allreduce(MPI_IN_PLACE, &first, 1, MPI_INT64_T, MPI_MIN, graph_.comm());
    double value = mine == first ? radius : -HUGE_VAL;
    MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_DOUBLE, MPI_MAX, graph_.comm());
    throw PhysicsError(
        fmt::format(
            "vessel {} has a radius of {:.4g} um at {} ms; the viscosity law needs more than {:.4g} um ({} such "
            "vessels). Set blood: {{smallest_diameter: ...}} to give thinner vessels the viscosity of that "
            "diameter, or choose another law",
            first, value, time_ms, least, count),
        "radius", first, time_ms);
}

void FlowModel::update_radii(double time_ms) {
    check_radii(time_ms);
    const auto& v = graph_.vessels();
    std::vector<std::int32_t> partly;
    std::vector<double> fraction, own;
    for (std::size_t i = 0; i < v.size(); ++i) {
        const double f = coverage_[i], foot = foot_radius_[i], rest = v.radius[i];
        double square = foot * foot;
        radius_[i] = foot;
        if (f < 1.0 && foot != rest) {
            square = f * square + (1.0 - f) * rest * rest;
            radius_[i] = std::sqrt(square);
            partly.push_back(static_cast<std::int32_t>(i));
            fraction.push_back(f);
            own.push_back(rest);
        }
        volume_[i] = std::numbers::pi * square * v.length[i];
    }
    resistances_.set_radius(foot_radius_);
    resistances_.set_second_radius(std::move(partly), fraction, own);
}

SolveInfo FlowModel::solve(double time_ms) {
    update_radii(time_ms);
    SolveInfo info;
    if (steady_hematocrit_) {
        hematocrit_info_ =
            steady_hematocrit_->solve(pressures_, resistances_, radius_, {}, hematocrit_, resistance_, info);
    } else {
        if (options_.tube_hematocrit >= 0)
            for (std::size_t i = 0; i < hematocrit_.size(); ++i)
                hematocrit_[i] = discharge_of(options_.fahraeus, 2.0 * radius_[i], options_.tube_hematocrit);
        resistances_.evaluate(hematocrit_, resistance_);
        info = pressures_.solve(resistance_);
    }
    std::fill(component_inflow_.begin(), component_inflow_.end(), 0.0);
    for (const auto j : sections_.boundary_junctions())
        component_inflow_[graph_.component_of_junction(j)] += std::max(pressures_.source()[j], 0.0);
    graph_.components().combine(component_inflow_, Combine::sum);
    territories_.update(pressures_.flow(), pressures_.inflow(), volume_);
    return info;
}

}  // namespace ngv::flow
