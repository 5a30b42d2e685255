// Concentrations on a mesh, moving in time: the solver without files, options or partners.
//
//     rd::Simulation tissue(comm, rd::distribute(comm, read), model);
//     tissue.add(k, moles, unmet);                    // a jump: sources, what others did to a pool
//     tissue.advance(begin, end);                     // reactions and diffusion, in steps that land on `end`
//     tissue.concentration(i, k);                     // mM
//
// A step is reaction dt/2, diffusion dt, reaction dt/2 (Strang 1968), each exact or second order.
#pragma once

#include <mpi.h>

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "solvers/rd/diffusion/diffusion.hpp"
#include "solvers/rd/mesh/local_mesh.hpp"
#include "solvers/rd/model/model.hpp"
#include "solvers/rd/model/reactions.hpp"

namespace ngv::rd {

/// 1 mM um3 = 1e-18 mol.
inline constexpr double mol_per_mM_um3 = 1e-18;

/// Where the moles of one species went. `end - start - added + removed` is zero to rounding.
struct Budget {
    double start = 0.0, end = 0.0;  ///< mol in the extracellular space
    double added = 0.0;             ///< mol by add()
    double removed = 0.0;           ///< mol by clearance and uptake; negative where they brought more than they took
    double defect() const;          ///< |end - start - added + removed| relative to the largest of the four
};

class Simulation {
  public:
    Simulation(MPI_Comm comm, LocalMesh mesh, Model model);

    /// Called with (owned tetrahedron, mol) for what could not be taken away because it was not there; mol is negative.
    using Unmet = std::function<void(std::size_t, double)>;

    /// Adds mol[i] of a species to owned tetrahedron i at once. Where a sink is larger than what is there, zero remains
    /// and the rest goes to `unmet`: nothing is clipped in silence. Throws PhysicsError for an amount that is not
    /// finite.
    void add(int species, std::span<const double> mol, double time_ms, const Unmet& unmet);

    /// Called at each multiple of `every` with all concentrations [owned][species] at that time. Collective where the
    /// callee is. Watching never changes what happens. A time inside a step gets the values interpolated between its
    /// ends.
    using Watch = std::function<void(double time_ms, const std::vector<double>& c)>;
    void watch(Tick every, Watch callee);

    /// Collective.
    void advance(Tick begin, Tick end);

    const LocalMesh& mesh() const { return mesh_; }
    const Model& model() const { return model_; }
    std::size_t num_owned() const { return static_cast<std::size_t>(mesh_.num_owned); }
    double concentration(std::size_t i, int species) const { return c_[i * ns_ + species]; }                ///< mM
    double extracellular_volume(std::size_t i) const { return model_.volume_fraction * mesh_.volumes[i]; }  ///< um3
    void set_concentration(std::size_t i, int species, double mM) {
        c_[i * ns_ + species] = mM;
    }  ///< before the first add or advance
    /// [owned] of one species
    std::vector<double> column(int species) const;
    const std::vector<double>& concentrations() const { return c_; }  ///< [owned][species]

    struct Extremes {
        double mean, lowest, highest;  ///< mM; mean over the volume
    };
    /// Collective.
    Extremes extremes(int species) const { return extremes(species, c_); }
    Extremes extremes(int species, const std::vector<double>& c) const;
    /// Collective.
    Budget budget(int species) const;
    const Diffusion::Statistics& statistics() const { return diffusion_.statistics(); }
    std::int64_t steps() const { return steps_; }
    /// Share of faces that lose part of their correction at the model's step. Collective.
    double share_of_limited_faces() const { return diffusion_.share_of_limited_faces(to_ms(model_.step)); }

  private:
    double moles(int species) const;
    void remember_start();
    std::vector<double> after_half_reaction(double dt) const;

    MPI_Comm comm_;
    LocalMesh mesh_;
    Model model_;
    std::size_t ns_;
    Diffusion diffusion_;
    Reactions reactions_;
    std::vector<double> c_;  // [owned][species] mM
    std::vector<double> start_, added_, removed_;
    bool started_ = false;
    std::int64_t steps_ = 0;
    Tick watch_every_ = 0, watch_next_ = 0;
    Watch watch_;
};

}  // namespace ngv::rd
