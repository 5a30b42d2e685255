#include "solvers/rd/simulation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace ngv::rd {

double Budget::defect() const {
    const double largest = std::max({std::abs(start), std::abs(end), std::abs(added), std::abs(removed)});
    return largest > 0.0 ? std::abs(end - start - added + removed) / largest : 0.0;
}

Simulation::Simulation(MPI_Comm comm, LocalMesh mesh, Model model)
    : comm_(comm),
      mesh_(std::move(mesh)),
      model_(std::move(model)),
      ns_(static_cast<std::size_t>(model_.num_species())),
      diffusion_(comm, mesh_, model_),
      reactions_(model_),
      start_(ns_, 0.0),
      added_(ns_, 0.0),
      removed_(ns_, 0.0) {
    c_.reserve(num_owned() * ns_);
    for (std::size_t i = 0; i < num_owned(); ++i)
        for (const auto& s : model_.species) c_.push_back(s.initial);
}

void Simulation::remember_start() {
    if (started_) return;
    started_ = true;
    for (std::size_t s = 0; s < ns_; ++s) start_[s] = moles(static_cast<int>(s));
}

void Simulation::add(int species, std::span<const double> mol, double time_ms, const Unmet& unmet) {
    NGV_ASSERT(mol.size() == num_owned());
    remember_start();
    for (std::size_t i = 0; i < mol.size(); ++i) {
        if (mol[i] == 0.0) continue;
        const double capacity = mol_per_mM_um3 * extracellular_volume(i);
        double& c = c_[i * ns_ + species];
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

void Simulation::watch(Tick every, Watch callee) {
    NGV_ASSERT(every > 0);
    watch_every_ = watch_next_ = every;
    watch_ = std::move(callee);
}

std::vector<double> Simulation::after_half_reaction(double dt) const {
    auto c = c_;
    std::vector<double> ignored(ns_, 0.0);
    reactions_.advance(c.data(), mesh_.volumes.data(), num_owned(), 0.5 * dt, ignored);
    return c;
}

void Simulation::advance(Tick begin, Tick end) {
    NGV_ASSERT(end > begin);
    remember_start();
    const Tick length = end - begin;
    const Tick steps = (length + model_.step - 1) / model_.step;
    const double dt = to_ms(length) / static_cast<double>(steps);
    const auto end_of_step = [&](Tick k) { return begin + (k + 1) * length / steps; };
    std::vector<double> removed(ns_, 0.0);  // mM um3
    std::vector<double> before;             // whole state at the begin of a step that is watched
    if (watch_ && watch_next_ < end_of_step(0)) before = c_;

    // The second half of one step's reaction and the first half of the next are one: nothing stands between them.
    reactions_.advance(c_.data(), mesh_.volumes.data(), num_owned(), 0.5 * dt, removed);
    for (Tick k = 0; k < steps; ++k) {
        const double from = to_ms(begin) + static_cast<double>(k) * dt;
        diffusion_.step(c_.data(), dt, from);
        const bool last = k + 1 == steps;
        if (watch_ && watch_next_ <= end_of_step(k)) {
            const auto now = after_half_reaction(dt);
            for (; watch_next_ < end_of_step(k); watch_next_ += watch_every_) {
                const double share = (to_ms(watch_next_) - from) / dt;
                std::vector<double> between(before);
                for (std::size_t i = 0; i < between.size(); ++i) between[i] += share * (now[i] - before[i]);
                watch_(to_ms(watch_next_), between);
            }
            if (watch_next_ == end_of_step(k)) {
                watch_(to_ms(watch_next_), now);
                watch_next_ += watch_every_;
            }
        }
        if (!last && watch_ && watch_next_ < end_of_step(k + 1)) before = after_half_reaction(dt);
        reactions_.advance(c_.data(), mesh_.volumes.data(), num_owned(), last ? 0.5 * dt : dt, removed);
    }
    for (std::size_t s = 0; s < ns_; ++s) removed_[s] += mol_per_mM_um3 * model_.volume_fraction * removed[s];
    steps_ += steps;
}

std::vector<double> Simulation::column(int species) const {
    std::vector<double> values(num_owned());
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = concentration(i, species);
    return values;
}

Simulation::Extremes Simulation::extremes(int species, const std::vector<double>& c) const {
    double sums[2] = {0.0, 0.0};
    double worst[2] = {-std::numeric_limits<double>::max(), -std::numeric_limits<double>::max()};
    for (std::size_t i = 0; i < num_owned(); ++i) {
        const double x = c[i * ns_ + species];
        sums[0] += x * mesh_.volumes[i];
        sums[1] += mesh_.volumes[i];
        worst[0] = std::max(worst[0], -x);
        worst[1] = std::max(worst[1], x);
    }
    MPI_Allreduce(MPI_IN_PLACE, sums, 2, MPI_DOUBLE, MPI_SUM, comm_);
    MPI_Allreduce(MPI_IN_PLACE, worst, 2, MPI_DOUBLE, MPI_MAX, comm_);
    return {sums[0] / sums[1], -worst[0], worst[1]};
}

double Simulation::moles(int species) const {
    double sum = 0.0;
    for (std::size_t i = 0; i < num_owned(); ++i) sum += concentration(i, species) * extracellular_volume(i);
    return mol_per_mM_um3 * sum;
}

Budget Simulation::budget(int species) const {
    const double end = moles(species);
    double local[4] = {started_ ? start_[species] : end, end, added_[species], removed_[species]};
    MPI_Allreduce(MPI_IN_PLACE, local, 4, MPI_DOUBLE, MPI_SUM, comm_);
    return {local[0], local[1], local[2], local[3]};
}

}  // namespace ngv::rd
