#include "solvers/rd/kinetics/kinetics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "ngv/error.hpp"
#include "solvers/rd/kinetics/first_order.hpp"

namespace ngv::rd {

namespace {

constexpr double faraday = 96485.33212;       // C/mol
constexpr double gas_constant = 8.314462618;  // J/(mol K)
constexpr double mol_per_unit = 1e-18;        // mM um3

// nu / (1 - e^-nu)
double ghk_factor(double nu) {
    return std::abs(nu) < 1e-5 ? 1.0 + 0.5 * nu : -nu / std::expm1(-nu);
}

// Nothing but what stands on the triangle takes part.
bool stands_alone(const Network& network) {
    return std::all_of(network.unknowns.begin(), network.unknowns.end(),
                       [](const auto& u) { return u.side == Side::here; });
}

}  // namespace

SurfaceSpecies::SurfaceSpecies(const Model& model) : column_of(model.species.size(), -1) {
    for (const auto& p : model.patches)
        for (const int s : p.species)
            if (model.species[s].engine == Engine::deterministic) column_of[s] = 0;
    for (int s = 0; s < model.num_species(); ++s)
        if (column_of[s] == 0) {
            column_of[s] = static_cast<int>(species.size());
            species.push_back(s);
        }
}

Kinetics::Kinetics(const LocalMesh& mesh, const Model& model, const RegionMap& regions, const SurfaceSpecies& surface,
                   const std::vector<double>& solvent, const std::vector<std::uint8_t>& held)
    : mesh_(mesh),
      model_(model),
      regions_(regions),
      surface_(surface),
      solvent_(solvent),
      held_(held),
      ns_(model.species.size()),
      counted_{std::vector<double>(model.reactions.size(), 0.0), std::vector<double>(regions.faces.size(), 0.0)} {
    const int num_compartments = std::max<int>(1, static_cast<int>(model.compartments.size()));
    for (int k = 0; k < num_compartments; ++k) {
        Volume v{volume_network(model, k), {}};
        if (v.network.empty()) continue;
        for (std::int32_t i = 0; i < mesh.num_owned; ++i)
            if (regions.compartment[i] == k) v.cells.push_back(i);
        volumes_.push_back(std::move(v));
    }
    for (int p = 0; p < static_cast<int>(model.patches.size()); ++p) {
        patches_.push_back(patch_network(model, p));
        has_surfaces_ |= !patches_.back().empty();
        surfaces_stand_alone_ &= stands_alone(patches_.back());
    }
    for (const auto& f : model.functions)
        largest_values_.push_back(f.values.empty() ? 0.0 : *std::max_element(f.values.begin(), f.values.end()));
    if (!has_surfaces_) return;

    std::vector<std::size_t> order(regions.faces.size());
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(),
              [&](auto a, auto b) { return regions.faces[a].triangle < regions.faces[b].triangle; });
    std::vector<int> free_from(static_cast<std::size_t>(mesh.num_owned), 0);
    std::map<std::pair<int, int>, Level> levels;
    for (const auto f : order) {
        const PatchFace& face = regions.faces[f];
        if (patches_[face.patch].empty()) continue;
        const auto outside = model.patches[face.patch].outside < 0 ? -1 : mesh.neighbours[4 * face.inside + face.face];
        if (outside >= mesh.num_owned)
            throw UserError(Problem{model.patches[face.patch].where,
                                    fmt::format("the two sides of triangle {} are on different ranks", face.triangle),
                                    "distribute the mesh by partition_rules(model)"});
        int level = 0;
        if (!stands_alone(patches_[face.patch])) {
            level = free_from[face.inside];
            if (outside >= 0) level = std::max(level, free_from[outside]);
            free_from[face.inside] = level + 1;
            if (outside >= 0) free_from[outside] = level + 1;
        }
        auto& at = levels[{level, face.patch}];
        at.patch = face.patch;
        at.places.push_back(
            {static_cast<std::int32_t>(f), face.inside, outside, norm(mesh.outward_area(face.inside, face.face))});
    }
    for (auto& [key, level] : levels) levels_.push_back(std::move(level));
}

std::vector<double> Kinetics::scales_of(const Network& network, bool on_patch, const std::vector<double>& scale) const {
    std::vector<double> result;
    for (const auto& u : network.unknowns)
        result.push_back(on_patch && u.side == Side::here ? scale[ns_ + surface_.column_of[u.species]]
                                                          : scale[u.species]);
    // What is made from nothing has no size of its own yet.
    const double largest = result.empty() ? 0.0 : *std::max_element(result.begin(), result.end());
    for (double& x : result) x = std::max(x, largest > 0.0 ? 1e-3 * largest : 1e-9);
    return result;
}

double Kinetics::rate_of(const Network::Step& step, double potential_mV, const std::vector<double>& functions) const {
    if (step.ghk < 0) {
        const Reaction& r = model_.reactions[step.reaction];
        return r.function < 0 ? r.rate : r.rate * functions[r.function];
    }
    const GhkCurrent& g = model_.ghk_currents[step.ghk];
    const double nu =
        model_.species[g.ion].valence * 1e-3 * potential_mV * faraday / (gas_constant * model_.temperature);
    const double base = g.permeability * molecules_per_mM_um3;
    if (!step.inward) return base * ghk_factor(nu);
    return base * ghk_factor(-nu) * (g.outside_mM >= 0.0 ? g.outside_mM : 1.0);
}

// The network alone decides, so that it is the same way for every place on any number of ranks.
bool Kinetics::is_solved_exactly(const Network& network, double dt) const {
    if (!FirstOrder::fits(network)) return false;
    std::vector<double> events(network.unknowns.size(), 0.0);
    for (const auto& step : network.steps) events[step.reactants[0].unknown] += rate_of(step, 0.0, largest_values_);
    return *std::max_element(events.begin(), events.end()) * dt <= FirstOrder::most_events;
}

void Kinetics::in_volumes(double* c, double dt, const std::vector<double>& scale, double time_ms) {
    for (const auto& volume : volumes_) {
        const Network& network = volume.network;
        Rosenbrock solver(network);
        FirstOrder exact(network);
        const bool is_exact = is_solved_exactly(network, dt);
        auto batch = solver.batch(counting_);
        const auto scales = scales_of(network, false, scale);
        for (std::size_t j = 0; j < network.steps.size(); ++j)
            batch.rate[j] = rate_of(network.steps[j], 0.0, {}) - Lanes{};
        const auto n = static_cast<std::size_t>(network.size());
        for (std::size_t begin = 0; begin < volume.cells.size(); begin += lanes) {
            batch.count = static_cast<int>(std::min<std::size_t>(lanes, volume.cells.size() - begin));
            for (int l = 0; l < lanes; ++l) {
                const std::size_t cell = volume.cells[begin + std::min(l, batch.count - 1)];
                for (std::size_t u = 0; u < n; ++u) {
                    const std::size_t at = cell * ns_ + network.unknowns[u].species;
                    batch.y[u][l] = c[at];
                    batch.weight[u][l] = held_.empty() || !held_[at] ? 1.0 : 0.0;
                }
            }
            if (is_exact)
                exact.advance(batch, dt);
            else if (const int bad = solver.advance(batch, dt, scales.data()); bad >= 0)
                fail(network, volume.cells[begin + bad], time_ms);
            for (int l = 0; l < batch.count; ++l)
                for (std::size_t u = 0; u < n; ++u)
                    c[static_cast<std::size_t>(volume.cells[begin + l]) * ns_ + network.unknowns[u].species] =
                        batch.y[u][l];
            if (!counting_) continue;
            for (std::size_t j = 0; j < network.steps.size(); ++j) {
                for (int l = 0; l < batch.count; ++l)
                    counted_.extents[network.steps[j].reaction] +=
                        mol_per_unit * solvent_[volume.cells[begin + l]] * batch.extent[j][l];
                batch.extent[j] = Lanes{};
            }
        }
    }
}

void Kinetics::surface_level(const Level& level, double* c, double* densities, double dt,
                             const std::vector<double>& scale, const std::vector<double>& potential, double time_ms) {
    const Network& network = patches_[level.patch];
    const bool has_currents =
        std::any_of(network.steps.begin(), network.steps.end(), [](const auto& s) { return s.ghk >= 0; });
    Rosenbrock solver(network);
    FirstOrder exact(network);
    const bool is_exact = is_solved_exactly(network, dt);
    std::vector<int> used;
    for (const auto& step : network.steps)
        if (step.ghk < 0 && model_.reactions[step.reaction].function >= 0)
            used.push_back(model_.reactions[step.reaction].function);
    std::sort(used.begin(), used.end());
    used.erase(std::unique(used.begin(), used.end()), used.end());
    std::vector<double> functions(model_.functions.size(), 0.0);
    auto batch = solver.batch(counting_ || has_currents);
    const auto scales = scales_of(network, true, scale);
    const auto n = static_cast<std::size_t>(network.size());
    const auto value = [&](const Place& p, const Network::Unknown& u) -> double& {
        if (u.side == Side::here) return densities[p.face * surface_.size() + surface_.column_of[u.species]];
        return c[static_cast<std::size_t>(u.side == Side::inside ? p.inside : p.outside) * ns_ + u.species];
    };
    for (std::size_t begin = 0; begin < level.places.size(); begin += lanes) {
        batch.count = static_cast<int>(std::min<std::size_t>(lanes, level.places.size() - begin));
        for (int l = 0; l < lanes; ++l) {
            const Place& p = level.places[begin + std::min(l, batch.count - 1)];
            const double inside = solvent_[p.inside], outside = p.outside < 0 ? inside : solvent_[p.outside];
            for (std::size_t u = 0; u < n; ++u) {
                const auto& unknown = network.unknowns[u];
                const bool here = unknown.side == Side::here;
                batch.y[u][l] = value(p, unknown) * (here ? p.area / inside : 1.0);
                const auto cell = static_cast<std::size_t>(unknown.side == Side::outside ? p.outside : p.inside);
                const bool clamped = !here && !held_.empty() && held_[cell * ns_ + unknown.species];
                batch.weight[u][l] = clamped ? 0.0 : unknown.side == Side::outside ? inside / outside : 1.0;
            }
            const double mV = potential.empty() ? 0.0 : potential[p.face];
            for (const int f : used) functions[f] = model_.functions[f](mV);
            for (std::size_t j = 0; j < network.steps.size(); ++j)
                batch.rate[j][l] = rate_of(network.steps[j], mV, functions) *
                                   Network::geometry(network.steps[j], inside, outside, p.area);
        }
        if (is_exact)
            exact.advance(batch, dt);
        else if (const int bad = solver.advance(batch, dt, scales.data()); bad >= 0)
            fail(network, level.places[begin + bad].inside, time_ms);
        for (int l = 0; l < batch.count; ++l) {
            const Place& p = level.places[begin + l];
            const double inside = solvent_[p.inside];
            for (std::size_t u = 0; u < n; ++u) {
                const auto& unknown = network.unknowns[u];
                value(p, unknown) = batch.y[u][l] * (unknown.side == Side::here ? inside / p.area : 1.0);
            }
            if (batch.extent.empty()) continue;
            for (std::size_t j = 0; j < network.steps.size(); ++j) {
                const auto& step = network.steps[j];
                const double mol = mol_per_unit * inside * batch.extent[j][l];
                if (step.ghk < 0)
                    counted_.extents[step.reaction] += mol;
                else
                    counted_.charge[p.face] += (step.inward ? 1.0 : -1.0) * faraday *
                                               model_.species[model_.ghk_currents[step.ghk].ion].valence * mol;
            }
        }
        for (auto& e : batch.extent) e = Lanes{};
    }
}

void Kinetics::on_surfaces(double* c, double* densities, double dt, Sweep sweep, const std::vector<double>& scale,
                           const std::vector<double>& potential, double time_ms) {
    if (sweep == Sweep::forward)
        for (auto level = levels_.begin(); level != levels_.end(); ++level)
            surface_level(*level, c, densities, dt, scale, potential, time_ms);
    else
        for (auto level = levels_.rbegin(); level != levels_.rend(); ++level)
            surface_level(*level, c, densities, dt, scale, potential, time_ms);
}

std::vector<double> Kinetics::surface_scale(const double* densities) const {
    std::vector<double> largest(surface_.size(), 0.0);
    for (const auto& level : levels_)
        for (const auto& p : level.places)
            for (std::size_t k = 0; k < largest.size(); ++k)
                largest[k] = std::max(largest[k], densities[p.face * largest.size() + k] * p.area / solvent_[p.inside]);
    return largest;
}

void Kinetics::fail(const Network& network, std::int32_t cell, double time_ms) const {
    std::string names;
    for (const auto& u : network.unknowns) names += (names.empty() ? "" : ", ") + model_.species[u.species].name;
    throw PhysicsError(fmt::format("the reactions of {} in tetrahedron {} cannot be integrated at {:.6g} ms", names,
                                   mesh_.ids[cell], time_ms),
                       names, mesh_.ids[cell], time_ms);
}

}  // namespace ngv::rd
