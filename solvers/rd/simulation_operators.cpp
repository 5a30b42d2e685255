// The parts of a step: reactions, diffusion, the potential of membranes.
#include "solvers/rd/simulation.hpp"

#include <algorithm>

namespace ngv::rd {

// The size of each species over the mesh, for what the kinetics may leave wrong.
void Simulation::find_scale() {
    scale_.assign(ns_, 0.0);
    for (std::size_t at = 0; at < state_.c.size(); ++at) scale_[at % ns_] = std::max(scale_[at % ns_], state_.c[at]);
    const auto on_surfaces = kinetics_.surface_scale(state_.densities.data());
    scale_.insert(scale_.end(), on_surfaces.begin(), on_surfaces.end());
    MPI_Allreduce(MPI_IN_PLACE, scale_.data(), static_cast<int>(scale_.size()), MPI_DOUBLE, MPI_MAX, comm_);
}

void Simulation::remove(State& state, double dt) const {
    if (removes_) reactions_.advance(state.c.data(), solvent_.data(), num_owned(), dt, state.removed);
}

void Simulation::react_volumes(State& state, double dt, double time_ms) {
    if (!kinetics_.has_volumes()) return;
    add_contents(state, 1.0);
    kinetics_.in_volumes(state.c.data(), dt, scale_, time_ms);
    add_contents(state, -1.0);
}

void Simulation::react_surfaces(State& state, double dt, Kinetics::Sweep sweep, double time_ms) {
    if (!kinetics_.has_surfaces()) return;
    add_contents(state, 1.0);
    kinetics_.on_surfaces(state.c.data(), state.densities.data(), dt, sweep, scale_,
                          potential_ ? potential_->at_faces() : std::vector<double>{}, time_ms);
    add_contents(state, -1.0);
}

// What kinetics takes out of the volumes is the difference of what they hold before and after.
void Simulation::add_contents(State& state, double sign) const {
    for (std::size_t i = 0, at = 0; i < num_owned(); ++i)
        for (std::size_t s = 0; s < ns_; ++s, ++at) state.removed[s] += sign * solvent_[i] * state.c[at];
}

void Simulation::react_before(State& state, double dt, double time_ms) {
    remove(state, dt);
    react_volumes(state, dt, time_ms);
    react_surfaces(state, dt, Kinetics::Sweep::forward, time_ms);
}

void Simulation::react_after(State& state, double dt, double time_ms) {
    react_surfaces(state, dt, Kinetics::Sweep::backward, time_ms);
    react_volumes(state, dt, time_ms);
    remove(state, dt);
}

// The potential over dt, with the channels and what their ions carried as they are in the middle of the step.
void Simulation::polarise(State& state, double dt, double time_ms) {
    std::vector<double> conductance(areas_.size(), 0.0), drive(areas_.size(), 0.0);
    for (const auto& current : model_.ohmic_currents) {
        for (std::size_t f = 0; f < areas_.size(); ++f) {
            if (regions_.faces[f].patch != current.patch) continue;
            const double channels = areas_[f] * density_in(state, f, current.channel);
            const double uS = 1e6 * current.conductance * channels;
            conductance[f] += uS;
            drive[f] += uS * current.reversal;
        }
    }
    auto counted = kinetics_.counted();
    counted.charge.resize(areas_.size(), 0.0);
    constexpr double elementary = 1.602176634e-19;  // C; molecules count what leaves
    for (std::size_t f = 0; molecules_ && f < areas_.size(); ++f)
        counted.charge[f] -= elementary * molecules_->take_charge(f);
    potential_->advance(dt, conductance, drive, counted.charge, time_ms);
    std::fill(counted.charge.begin(), counted.charge.end(), 0.0);
    kinetics_.set_counted(counted);
    state.potential = potential_->at_vertices();
    if (molecules_) molecules_->set_potentials(potential_->at_faces());
}

void Simulation::diffuse(State& state, double dt, double time_ms) {
    if (potential_) polarise(state, dt, time_ms);
    for (auto& block : blocks_) {
        const std::size_t width = block.species.size();
        if (block.values.empty()) {
            block.diffusion->step(state.c.data(), dt, time_ms);
        } else {
            for (std::size_t i = 0; i < num_owned(); ++i)
                for (std::size_t k = 0; k < width; ++k)
                    block.values[i * width + k] = state.c[i * ns_ + block.species[k]];
            block.diffusion->step(block.values.data(), dt, time_ms);
            for (std::size_t i = 0; i < num_owned(); ++i)
                for (std::size_t k = 0; k < width; ++k)
                    state.c[i * ns_ + block.species[k]] = block.values[i * width + k];
        }
        for (std::size_t k = 0; k < width; ++k) state.removed[block.species[k]] += block.diffusion->absorbed()[k];
    }
    if (!surface_block_.diffusion) return;
    const std::size_t width = surface_block_.species.size(), columns = surface_.size();
    const auto& face = surface_cells_->face;
    const auto each = [&](const std::function<void(double&, double&)>& f) {
        for (std::size_t i = 0; i < face.size(); ++i)
            for (std::size_t k = 0; k < width; ++k)
                f(surface_block_.values[i * width + k],
                  state.densities[face[i] * columns + surface_.column_of[surface_block_.species[k]]]);
    };
    each([](double& block, double& all) { block = all; });
    surface_block_.diffusion->step(surface_block_.values.data(), dt, time_ms);
    each([](double& block, double& all) { all = block; });
}

void Simulation::step(State& state, double dt, double time_ms) {
    react_before(state, 0.5 * dt, time_ms);
    diffuse(state, dt, time_ms);
    react_after(state, 0.5 * dt, time_ms);
}

}  // namespace ngv::rd
