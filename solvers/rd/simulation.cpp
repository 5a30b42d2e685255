#include "solvers/rd/simulation.hpp"

#include <fmt/format.h>

#include <cmath>

namespace ngv::rd {

namespace {

// A model made by hand is tissue.
Model with_compartments(Model model) {
    if (!model.compartments.empty()) return model;
    Compartment tissue{.name = "tissue", .volume_fraction = model.volume_fraction, .tortuosity = model.tortuosity};
    for (int s = 0; s < model.num_species(); ++s) tissue.species.push_back(s);
    model.compartments.push_back(std::move(tissue));
    return model;
}

std::vector<double> solvent_of(const LocalMesh& mesh, const Model& model, const RegionMap& regions) {
    std::vector<double> volumes(mesh.volumes);
    for (std::size_t i = 0; i < volumes.size(); ++i)
        volumes[i] *= model.compartments[regions.compartment[i]].volume_fraction;
    return volumes;
}

std::vector<double> areas_of(const LocalMesh& mesh, const RegionMap& regions) {
    std::vector<double> areas;
    for (const auto& f : regions.faces) areas.push_back(norm(mesh.outward_area(f.inside, f.face)));
    return areas;
}

}  // namespace

Simulation::Simulation(MPI_Comm comm, LocalMesh mesh, Model model)
    : comm_(comm),
      mesh_(std::move(mesh)),
      model_(with_compartments(std::move(model))),
      ns_(static_cast<std::size_t>(model_.num_species())),
      regions_(regions_of(mesh_, model_, comm)),
      surface_(model_),
      solvent_(solvent_of(mesh_, model_, regions_)),
      areas_(areas_of(mesh_, regions_)),
      kinetics_(mesh_, model_, regions_, surface_, solvent_, held_),
      reactions_(model_),
      start_(ns_, 0.0),
      added_(ns_, 0.0),
      removed_(ns_, 0.0) {
    for (const auto& s : model_.species)
        removes_ |= s.engine == Engine::deterministic && (s.clearance_rate > 0.0 || s.uptake_max > 0.0);
    state_.removed.assign(ns_, 0.0);
    prepare_contents();
    prepare_clamps();
    prepare_blocks();
    if (!model_.membranes.empty()) {
        potential_ = std::make_unique<MembranePotential>(comm_, mesh_, model_, regions_);
        state_.potential = potential_->at_vertices();
    }
    if (!model_.has_stochastic()) return;
    if (model_.error_bound > 0.0 && !model_.has_deterministic())
        throw UserError(Problem{"error_bound", "bounds the error of concentrations, and every species is stochastic",
                                "choose a `step`; tau-leaps have `leap_error`"});
    if (model_.error_bound > 0.0 && potential_)  // a trial step would use up the charges that molecules brought
        throw UserError(Problem{"error_bound", "does not go with stochastic species and membranes together",
                                "choose a `step` instead"});
    molecules_ = std::make_unique<Molecules>(comm_, mesh_, model_, regions_, solvent_);
    molecules_->show(state_.c);
}

void Simulation::set_constant(const std::string& name, const std::string& value) {
    model_.set_constant(name, value, name);
    if (molecules_) molecules_->engine().set_constant(name, value);
}

void Simulation::set_concentration(std::size_t i, int species, double mM) {
    if (is_concentration(species)) {
        state_.c[i * ns_ + species] = mM;
        return;
    }
    molecules_->set(i, species, mM);
    molecules_->show(state_.c);
}

void Simulation::set_open(int boundary, bool open) {
    if (model_.boundaries[boundary].open == open) return;
    model_.boundaries[boundary].open = open;
    prepare_blocks();
    if (molecules_) molecules_->engine().set_open(boundary, open);
}

double Simulation::density(std::size_t k, int species) const {
    return density_in(state_, k, species);
}

double Simulation::density_in(const State& state, std::size_t k, int species) const {
    if (!is_concentration(species)) return molecules_->density(k, species, areas_[k]);
    const int column = surface_.column_of[species];
    NGV_ASSERT(column >= 0);
    return state.densities[k * surface_.size() + column] * molecules_per_mM_um3;
}

void Simulation::set_density(std::size_t k, int species, double per_um2) {
    const int column = surface_.column_of[species];
    NGV_ASSERT(column >= 0);
    state_.densities[k * surface_.size() + column] = per_um2 / molecules_per_mM_um3;
}

double Simulation::molecules_on(int patch, int species) const {
    double sum = 0.0;
    for (std::size_t k = 0; k < areas_.size(); ++k)
        if (regions_.faces[k].patch == patch) sum += areas_[k] * density(k, species);
    MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_DOUBLE, MPI_SUM, comm_);
    return sum;
}

void Simulation::remember_start() {
    if (started_) return;
    started_ = true;
    for (std::size_t s = 0; s < ns_; ++s) start_[s] = moles(static_cast<int>(s));
}

void Simulation::add(int species, std::span<const double> mol, double time_ms, const Unmet& unmet) {
    NGV_ASSERT(mol.size() == num_owned());
    remember_start();
    if (!is_concentration(species)) {
        added_[species] += molecules_->add(species, mol, state_.c, unmet);
        return;
    }
    for (std::size_t i = 0; i < mol.size(); ++i) {
        if (mol[i] == 0.0) continue;
        const double capacity = mol_per_mM_um3 * extracellular_volume(i);
        double& c = state_.c[i * ns_ + species];
        const double after = c + mol[i] / capacity;
        if (!std::isfinite(after))
            throw PhysicsError(
                fmt::format("an amount of {} that is not a number ({} mol) arrived for tetrahedron {} at {:.6g} ms",
                            model_.species[species].name, mol[i], mesh_.ids[i], time_ms),
                model_.species[species].name, mesh_.ids[i], time_ms);
        if (after >= 0.0) {
            c = after;
            added_[species] += mol[i];
        } else {
            const double taken = c * capacity;
            c = 0.0;
            added_[species] -= taken;
            unmet(i, mol[i] + taken);
        }
    }
}

void Simulation::watch(Tick every, Watch callee, Tick from) {
    NGV_ASSERT(every > 0);
    watch_every_ = every;
    watch_next_ = (from / every + 1) * every;
    watch_ = std::move(callee);
}

Snapshot Simulation::snapshot() const {
    return {.concentrations = state_.c,
            .densities = state_.densities,
            .potential = state_.potential,
            .kept = potential_ ? potential_->kept() : MembranePotential::Kept{},
            .start = start_,
            .added = added_,
            .removed = removed_,
            .extents = kinetics_.counted().extents,
            .charge = kinetics_.counted().charge,
            .started = started_,
            .steps = steps_,
            .refused = refused_,
            .adaptive_step = adaptive_step_,
            .next_change = next_change_,
            .molecules = molecules_ ? molecules_->engine().state() : StochasticEngine::State{}};
}

void Simulation::restore(const Snapshot& s) {
    NGV_ASSERT(s.concentrations.size() == state_.c.size() && s.densities.size() == state_.densities.size() &&
               s.potential.size() == state_.potential.size());
    apply_changes(s.next_change);
    state_.c = s.concentrations;
    state_.densities = s.densities;
    state_.potential = s.potential;
    if (potential_) {
        potential_->set(state_.potential);
        potential_->keep(s.kept);
    }
    start_ = s.start;
    added_ = s.added;
    removed_ = s.removed;
    kinetics_.set_counted({s.extents, s.charge});
    started_ = s.started;
    steps_ = s.steps;
    refused_ = s.refused;
    adaptive_step_ = s.adaptive_step;
    if (molecules_) molecules_->engine().set_state(s.molecules);
}

}  // namespace ngv::rd
