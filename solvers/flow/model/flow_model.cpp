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
      territories_(graph_, boundary_, summary_, options_.tissue),
      pressures_(graph_, boundary_, options_.pressure) {
    const auto n = graph_.num_vessels();
    endfoot_radius_ = graph_.vessels().radius;
    radius_.resize(n);
    volume_.resize(n);
    pressure_.resize(n);
    conductance_.resize(n);
    component_inflow_.resize(graph_.num_components());
    check_radii(0.0);
    rest_conductance_.assign(n, 0.0);
    for (std::size_t i = 0; i < n; ++i)
        if (boundary_.solved(graph_.component_of_vessel(i)))
            rest_conductance_[i] = conductance(options_.blood, graph_.vessels().radius[i], graph_.vessels().length[i]);
}

void FlowModel::set_endfoot_radius(std::span<const double> radius_um, std::span<const std::uint8_t> covered) {
    const auto& rest = graph_.vessels().radius;
    NGV_ASSERT(radius_um.size() == rest.size() && covered.size() == rest.size());
    for (std::size_t i = 0; i < rest.size(); ++i) endfoot_radius_[i] = covered[i] ? radius_um[i] : rest[i];
}

// Finds the vessel with the lowest id, on any rank, whose radius the viscosity law cannot take; then all ranks stop.
void FlowModel::check_radii(double time_ms) const {
    const auto& v = graph_.vessels();
    const double least =
        options_.blood.smallest_diameter > least_diameter(options_.blood) ? 0.0 : 0.5 * least_diameter(options_.blood);
    std::int64_t first = INT64_MAX, count = 0;
    double radius = 0.0;
    for (std::size_t i = 0; i < v.size(); ++i) {
        if (endfoot_radius_[i] > least && std::isfinite(endfoot_radius_[i])) continue;
        if (!boundary_.solved(graph_.component_of_vessel(i)) && endfoot_radius_[i] > 0) continue;
        ++count;
        if (v.id[i] < first) first = v.id[i], radius = endfoot_radius_[i];
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

double FlowModel::conductance_of(std::size_t i) const {
    const auto& v = graph_.vessels();
    if (endfoot_radius_[i] == v.radius[i]) return rest_conductance_[i];
    const double f = options_.endfoot_coverage;
    const double covered = conductance(options_.blood, endfoot_radius_[i], v.length[i]);
    return f == 1.0 ? covered : 1.0 / (f / covered + (1.0 - f) / rest_conductance_[i]);
}

SolveInfo FlowModel::solve(double time_ms) {
    check_radii(time_ms);
    const auto& v = graph_.vessels();
    const double f = options_.endfoot_coverage;
    for (std::size_t i = 0; i < v.size(); ++i) {
        const double foot = endfoot_radius_[i], rest = v.radius[i];
        const double square = foot == rest ? rest * rest : f * foot * foot + (1.0 - f) * rest * rest;
        radius_[i] = foot == rest ? rest : std::sqrt(square);
        volume_[i] = std::numbers::pi * square * v.length[i];
        if (boundary_.solved(graph_.component_of_vessel(i))) conductance_[i] = conductance_of(i);
    }
    const auto info = pressures_.solve(conductance_);
    for (std::size_t i = 0; i < v.size(); ++i) {
        const auto [a, b] = graph_.ends()[i];
        pressure_[i] = 0.5 * (pressures_.pressure()[a] + pressures_.pressure()[b]);
    }
    std::fill(component_inflow_.begin(), component_inflow_.end(), 0.0);
    for (std::size_t j = 0; j < graph_.num_junctions(); ++j)
        if (graph_.junctions().owned(j))
            component_inflow_[graph_.component_of_junction(j)] += std::max(pressures_.source()[j], 0.0);
    graph_.components().combine(component_inflow_, Combine::sum);
    territories_.update(pressures_.flow(), pressures_.inflow(), volume_);
    return info;
}

}  // namespace ngv::flow
