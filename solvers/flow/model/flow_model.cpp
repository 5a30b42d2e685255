#include "solvers/flow/model/flow_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "ngv/error.hpp"
#include "solvers/flow/boundary/estimate.hpp"
#include "solvers/flow/parallel/partition.hpp"

namespace ngv::flow {

namespace {

constexpr double wall_tolerance = 1e-9;  // relative change of a radius
constexpr int most_wall_rounds = 60;

BoundaryRules rules_of(const FlowOptions& options) {
    auto rules = options.boundary;
    rules.estimate = options.estimate.has_value();
    return rules;
}

}  // namespace

FlowModel::FlowModel(MPI_Comm comm, Vessels vessels, const FlowOptions& options)
    : options_(options),
      graph_(comm, partition(comm, std::move(vessels))),
      summary_(summarize(graph_)),
      boundary_(graph_, rules_of(options_)),
      sections_(graph_, boundary_),
      estimated_(estimate()),
      territories_(graph_, boundary_, summary_, options_.tissue),
      pressures_(sections_, boundary_.base_pressure(), options_.pressure),
      resistances_(options_.blood, graph_.vessels().length),
      walls_(options_.walls, graph_.vessels()) {
    const auto n = graph_.num_vessels();
    own_radius_ = main_radius_ = foot_radius_ = graph_.vessels().radius;
    coverage_.assign(n, 0.0);
    hematocrit_.assign(n, options_.blood.hematocrit);
    resistance_.resize(n), radius_.resize(n), volume_.resize(n);
    component_inflow_.resize(graph_.num_components());
    if (options_.hematocrit.advected)
        red_cells_.emplace(sections_, pressures_,
                           Carried{.name = "red cells",
                                   .kind = Carried::Kind::red_cells,
                                   .inflow = options_.blood.hematocrit,
                                   .separation = options_.hematocrit.law});
    if (options_.hematocrit.law != PhaseSeparation::none)
        steady_hematocrit_.emplace(sections_, options_.blood.hematocrit, options_.hematocrit);
    check_radii(0.0);
}

// Unknown conditions become pressures before the equations are set up.
bool FlowModel::estimate() {
    if (!options_.estimate) return false;
    const auto& v = graph_.vessels();
    Resistances all(options_.blood, v.length);
    all.set_radius(v.radius);
    std::vector<double> resistance(v.size());
    all.evaluate(std::vector<double>(v.size(), options_.blood.hematocrit), resistance);
    estimate_boundaries(sections_, boundary_, *options_.estimate, resistance);
    return true;
}

void FlowModel::set_endfoot_radius(std::span<const double> radius_um, std::span<const std::uint8_t> covered,
                                   std::span<const double> coverage) {
    const auto n = graph_.num_vessels();
    NGV_ASSERT(radius_um.size() == n && covered.size() == n && (coverage.empty() || coverage.size() == n));
    for (std::size_t i = 0; i < n; ++i) {
        foot_radius_[i] = covered[i] ? radius_um[i] : 0.0;
        coverage_[i] = !covered[i] ? 0.0 : coverage.empty() ? options_.endfoot_coverage : coverage[i];
    }
}

void FlowModel::set_own_radius(std::span<const double> radius_um) {
    NGV_ASSERT(radius_um.size() == own_radius_.size());
    std::copy(radius_um.begin(), radius_um.end(), own_radius_.begin());
}

// Finds the vessel with the lowest id, on any rank, whose radius the viscosity law cannot take; then all ranks stop.
void FlowModel::check_radii(double time_ms) const {
    const auto& v = graph_.vessels();
    const double least =
        options_.blood.smallest_diameter > least_diameter(options_.blood) ? 0.0 : 0.5 * least_diameter(options_.blood);
    std::int64_t first = INT64_MAX, count = 0;
    double radius = 0.0;
    for (std::size_t i = 0; i < v.size(); ++i) {
        const double r = coverage_[i] > 0 ? foot_radius_[i] : own_radius_[i];
        if (coverage_[i] >= 0 && coverage_[i] <= 1 && (coverage_[i] == 1 || own_radius_[i] > 0) && r > least &&
            r < HUGE_VAL)
            continue;
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
    const auto& length = graph_.vessels().length;
    std::vector<std::int32_t> partly;
    std::vector<double> fraction, own;
    for (std::size_t i = 0; i < length.size(); ++i) {
        const double f = coverage_[i], rest = own_radius_[i];
        const double foot = f > 0 ? foot_radius_[i] : rest;
        double square = foot * foot;
        radius_[i] = main_radius_[i] = foot;
        if (f > 0 && f < 1 && foot != rest) {
            square = f * square + (1.0 - f) * rest * rest;
            radius_[i] = std::sqrt(square);
            partly.push_back(static_cast<std::int32_t>(i));
            fraction.push_back(f);
            own.push_back(rest);
        }
        volume_[i] = std::numbers::pi * square * length[i];
    }
    resistances_.set_radius(main_radius_);
    resistances_.set_second_radius(std::move(partly), fraction, own);
}

void FlowModel::update_entries(double time_ms) {
    if (!options_.boundary.entries || !options_.boundary.entries->follow_radius) return;
    const auto& rule = *options_.boundary.entries;
    const double speed =
        entry_speed_ >= 0 ? entry_speed_
                          : rule.speed + rule.amplitude * std::sin(2e-3 * std::numbers::pi * rule.frequency * time_ms);
    double inflow = 0;
    for (const auto& [junction, vessel, share] : boundary_.ports())
        if (share < 0) {
            const double q = speed * std::numbers::pi * radius_[vessel] * radius_[vessel];
            boundary_.set_value(junction, q);
            inflow += q;
        }
    MPI_Allreduce(MPI_IN_PLACE, &inflow, 1, MPI_DOUBLE, MPI_SUM, graph_.comm());
    for (const auto& port : boundary_.ports())
        if (port.share >= 0) boundary_.set_value(port.junction, -inflow * port.share);
    sections_.update(boundary_);
}

SolveInfo FlowModel::solve_flow() {
    SolveInfo info;
    // With cells that travel, the steady state is where they start.
    if (steady_hematocrit_ && !(red_cells_ && solved_before_)) {
        // The steady state belongs to the radii, not to what moves while they change.
        hematocrit_info_ = steady_hematocrit_->solve(pressures_, resistances_, radius_, hematocrit_, resistance_, info);
        if (!growth_.empty()) info = pressures_.solve(resistance_, growth_);
        return info;
    }
    if (options_.tube_hematocrit >= 0 && !red_cells_)
        for (std::size_t i = 0; i < hematocrit_.size(); ++i)
            hematocrit_[i] = discharge_of(options_.fahraeus, 2.0 * radius_[i], options_.tube_hematocrit);
    resistances_.evaluate(hematocrit_, resistance_);
    return pressures_.solve(resistance_, growth_);
}

SolveInfo FlowModel::solve(double time_ms) {
    const double dt_s = solved_before_ ? 1e-3 * (time_ms - time_ms_) : 0.0;
    time_ms_ = time_ms;
    if (options_.walls.any() && walls_.has_rest()) walls_.step(pressure(), dt_s, own_radius_);
    update_radii(time_ms);
    update_entries(time_ms);
    const auto set_growth = [&] {
        if (!options_.displaced_volume || dt_s <= 0) return growth_.clear();
        growth_.resize(volume_.size());
        for (std::size_t i = 0; i < volume_.size(); ++i) growth_[i] = (volume_[i] - last_volume_[i]) / dt_s;
    };
    set_growth();
    auto info = solve_flow();
    if (options_.walls.compliant()) {
        if (!walls_.has_rest()) walls_.set_rest(pressure());
        // The radius follows the pressure at once, and the pressure the radius.
        double change = 1;
        for (int round = 0; change > wall_tolerance && round < most_wall_rounds; ++round) {
            const auto before = own_radius_;
            walls_.step(pressure(), 0.0, own_radius_);
            change = 0;
            for (std::size_t i = 0; i < before.size(); ++i)
                change = std::max(change, std::abs(own_radius_[i] / before[i] - 1.0));
            MPI_Allreduce(MPI_IN_PLACE, &change, 1, MPI_DOUBLE, MPI_MAX, graph_.comm());
            if (change <= wall_tolerance) break;
            update_radii(time_ms);
            set_growth();
            info = solve_flow();
        }
        if (change > wall_tolerance)
            throw PhysicsError(fmt::format("radii and pressures of elastic walls still change by {:.2g} at {} ms after "
                                           "{} rounds; the walls may be too soft (walls: {{youngs_modulus: ...}})",
                                           change, time_ms, most_wall_rounds),
                               "radius", -1, time_ms);
    } else if (options_.walls.active() && !walls_.has_rest()) {
        walls_.set_rest(pressure());
    }
    advect_cells(dt_s);
    last_volume_ = volume_;
    solved_before_ = true;
    std::fill(component_inflow_.begin(), component_inflow_.end(), 0.0);
    for (const auto j : sections_.boundary_junctions())
        component_inflow_[graph_.component_of_junction(j)] += std::max(pressures_.source()[j], 0.0);
    graph_.components().combine(component_inflow_, Combine::sum);
    territories_.update(pressures_.flow(), pressures_.inflow(), volume_);
    return info;
}

void FlowModel::keep(std::map<std::string, std::span<double>>& kept) {
    kept["hematocrit"] = hematocrit_;
    kept["own_radius"] = own_radius_;
    kept["volume"] = last_volume_;
    kept["pressure"] = pressures_.kept_vessel_pressure();
    kept["tone"] = walls_.kept_tone();
    if (red_cells_) red_cells_->keep(kept);
}

void FlowModel::restored(double time_ms, std::span<const double> component_inflow, std::span<const double> start) {
    time_ms_ = time_ms;
    for (std::size_t i = 0; i < component_inflow.size(); ++i)
        component_inflow_[graph_.component_of_vessel(i)] = component_inflow[i];
    if (steady_hematocrit_) steady_hematocrit_->go_on_from(hematocrit_);
    pressures_.set_start(start);
}

BloodState FlowModel::blood_state() const {
    tube_ratio_.resize(radius_.size());
    for (std::size_t i = 0; i < radius_.size(); ++i)
        tube_ratio_[i] = tube_ratio(options_.fahraeus, 2.0 * radius_[i], hematocrit_[i]);
    return {volume_, growth_, radius_, hematocrit_, tube_ratio_};
}

std::span<const double> FlowModel::wall_shear() const {
    const auto& length = graph_.vessels().length;
    wall_shear_.resize(length.size());
    for (std::size_t i = 0; i < length.size(); ++i)
        wall_shear_[i] = std::abs(flow()[i]) * resistance_[i] * radius_[i] / (2.0 * length[i]);
    return wall_shear_;
}

void FlowModel::advect_cells(double dt_s) {
    if (!red_cells_) return;
    if (!solved_before_) {
        // Each vessel starts with what it has, not with one value everywhere.
        red_cells_->fill(hematocrit_, blood_state());
        return;
    }
    if (dt_s <= 0) return;
    red_cells_->step(blood_state(), dt_s);
    std::ranges::copy(red_cells_->concentration(), hematocrit_.begin());
}

}  // namespace ngv::flow
