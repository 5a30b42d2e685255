// What can be read from a simulation as a whole.
#include "solvers/rd/simulation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ngv::rd {

double Budget::defect() const {
    const double largest = std::max({std::abs(start), std::abs(end), std::abs(added), std::abs(removed)});
    return largest > 0.0 ? std::abs(end - start - added + removed) / largest : 0.0;
}

std::vector<double> Simulation::extents() const {
    auto extents = kinetics_.counted().extents;
    if (!molecules_) return extents;
    extents.resize(model_.reactions.size(), 0.0);
    const auto events = molecules_->engine().extents_here();
    const auto& reactions = molecules_->engine().extent_reactions();
    for (std::size_t row = 0; row < events.size(); ++row)
        if (reactions[row] >= 0) extents[reactions[row]] += static_cast<double>(events[row]) / avogadro;
    return extents;
}

Diffusion::Statistics Simulation::statistics() const {
    Diffusion::Statistics sum;
    for (const auto& block : blocks_) {
        const auto& s = block.diffusion->statistics();
        sum.solves += s.solves;
        sum.iterations += s.iterations;
        sum.limited_steps += s.limited_steps;
    }
    return sum;
}

double Simulation::share_of_limited_faces() const {
    double largest = 0.0;
    for (const auto& block : blocks_)
        largest = std::max(largest, block.diffusion->share_of_limited_faces(to_ms(model_.step)));
    return largest;
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
    const double start = started_ ? start_[species] : end;
    // Whole molecules are exact: what is not there any more has reacted.
    const double removed = is_concentration(species) ? removed_[species] : start + added_[species] - end;
    double local[4] = {start, end, added_[species], removed};
    MPI_Allreduce(MPI_IN_PLACE, local, 4, MPI_DOUBLE, MPI_SUM, comm_);
    return {local[0], local[1], local[2], local[3]};
}

}  // namespace ngv::rd
