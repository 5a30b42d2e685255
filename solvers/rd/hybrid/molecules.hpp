// Molecules beside concentrations: the stochastic species of a model, for the deterministic engine that has the others.
//
// A reaction of both kinds happens as whole events. For its time, a deterministic species is n whole molecules and a
// remainder below one, a = n + r; events change n, and what comes back is n + r. So nothing is lost or made, and an
// abundant species keeps its smooth concentration but for the events of rare ones.
//
//     molecules.react(c, dt / 2, removed);         // c: [owned][species] mM, of all species
//     ... deterministic step of dt ...
//     molecules.diffuse(dt);
//     molecules.react(c, dt / 2, removed);         // Strang: second order
#pragma once

#include <mpi.h>

#include <functional>
#include <span>
#include <vector>

#include "solvers/rd/stochastic/engine.hpp"

namespace ngv::rd {

class Molecules {
  public:
    /// References must outlive this. `solvent`: [local] um3. Throws UserError for what cannot be. Collective.
    Molecules(MPI_Comm comm, const LocalMesh& mesh, const Model& model, const RegionMap& regions,
              const std::vector<double>& solvent);

    /// Reactions of dt ms of which a stochastic species is part. Adds to removed[species], mM um3, what deterministic
    /// ones lost. Collective.
    void react(std::vector<double>& c, double dt, std::vector<double>& removed);
    void diffuse(double dt) { engine_.diffuse(dt); }
    /// Writes the concentrations of the stochastic species into c.
    void show(std::vector<double>& c) const;
    /// Adds mol[i] of a stochastic species as whole molecules; what was added, in mol.
    double add(int species, std::span<const double> mol, std::vector<double>& c,
               const std::function<void(std::size_t, double)>& unmet);
    void set(std::size_t i, int species, double mM);

    /// Of faces of the RegionMap: molecules a um2; charges that left since the last call; the potential from now on, mV.
    double density(std::size_t face, int species, double um2) const {
        return static_cast<double>(engine_.surface_count(engine_.elements().triangle_of[face], species)) / um2;
    }
    double take_charge(std::size_t face) { return engine_.take_charge(engine_.elements().triangle_of[face]); }
    void set_potentials(const std::vector<double>& mV) {
        for (std::size_t f = 0; f < mV.size(); ++f) engine_.set_potential(engine_.elements().triangle_of[f], mV[f]);
    }

    StochasticEngine& engine() { return engine_; }
    const StochasticEngine& engine() const { return engine_; }

  private:
    double size(std::size_t i) const { return molecules_per_mM_um3 * solvent_[i]; }

    const std::vector<double>& solvent_;
    std::size_t ns_;
    StochasticEngine engine_;
    std::vector<std::int64_t> gone_;  // [species] molecules that a call of react() took, exactly
    std::vector<int> ours_;           // stochastic species
    std::vector<double> remainders_;  // [owned][shared species]
};

}  // namespace ngv::rd
