// Concentrations on a mesh, moving in time: the solver without files, options or partners.
//
//     rd::Simulation tissue(comm, rd::distribute(comm, read), model);
//     tissue.add(k, moles, unmet);                    // a jump: sources, what others did to a pool
//     tissue.advance(begin, end);                     // reactions and diffusion, in steps that land on `end`
//     tissue.concentration(i, k);                     // mM
//
// A step is reaction dt/2, diffusion dt, reaction dt/2 (Strang 1968), each exact or at least of second order; what
// stands on surfaces and the potential of membranes take part in the same way:
//
//     removal | volumes | surfaces forward | diffusion, potential | surfaces backward | volumes | removal
//
// With Model::error_bound the step follows an estimate of its error: it is done once whole and once in two halves, which
// are kept. Beside molecules that is so for the concentrations within each step of the molecules, which is Model::step.
#pragma once

#include <mpi.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "solvers/rd/diffusion/diffusion.hpp"
#include "solvers/rd/diffusion/surface_cells.hpp"
#include "solvers/rd/hybrid/molecules.hpp"
#include "solvers/rd/kinetics/kinetics.hpp"
#include "solvers/rd/membrane/potential.hpp"
#include "solvers/rd/mesh/local_mesh.hpp"
#include "solvers/rd/mesh/region_map.hpp"
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

/// Everything that goes on, on this rank; what a checkpoint holds (output/checkpoint.hpp).
struct Snapshot {
    std::vector<double> concentrations;         ///< [owned][species] mM
    std::vector<double> densities;              ///< [faces][surface species] mM um
    std::vector<double> potential;              ///< [local vertices] mV
    MembranePotential::Kept kept;               ///< of the potential's solver
    std::vector<double> start, added, removed;  ///< [species] mol on this rank
    std::vector<double> extents;                ///< [reactions] mol on this rank
    std::vector<double> charge;                 ///< [faces] C
    bool started = false;
    std::int64_t steps = 0, refused = 0;
    Tick adaptive_step = 0;
    std::size_t next_change = 0;
    StochasticEngine::State molecules = {};  ///< empty without stochastic species
};

class Simulation {
  public:
    /// Stochastic species are molecules (hybrid/molecules.hpp); their concentrations follow after each step. The mesh must have been distributed by
    /// partition_rules(model) if there are patches. Throws UserError where the mesh lacks what the model names.
    /// Collective.
    Simulation(MPI_Comm comm, LocalMesh mesh, Model model);
    Simulation(const Simulation&) = delete;  // its parts refer to each other
    Simulation& operator=(const Simulation&) = delete;

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
    void watch(Tick every, Watch callee, Tick from = 0);

    /// Collective.
    void advance(Tick begin, Tick end);

    /// Collective.
    Snapshot snapshot() const;
    /// Continues from there: the same simulation, on this or another number of ranks. Collective.
    void restore(const Snapshot& snapshot);
    const SurfaceSpecies& surface_species() const { return surface_; }

    const LocalMesh& mesh() const { return mesh_; }
    const Model& model() const { return model_; }
    std::size_t num_owned() const { return static_cast<std::size_t>(mesh_.num_owned); }
    double concentration(std::size_t i, int species) const { return state_.c[i * ns_ + species]; }  ///< mM
    double extracellular_volume(std::size_t i) const { return solvent_[i]; }                        ///< um3 of solvent
    const RegionMap& regions() const { return regions_; }
    /// Molecules a um2 of a species on face k of regions().faces.
    double density(std::size_t k, int species) const;
    void set_density(std::size_t k, int species, double per_um2);
    double area(std::size_t k) const { return areas_[k]; }  ///< um2
    /// Molecules of a species on a patch. Collective.
    double molecules_on(int patch, int species) const;
    /// Opens or closes a diffusion boundary. Collective.
    void set_open(int boundary, bool open);
    /// Changes a constant of the model ("3 1/(uM s)").
    void set_constant(const std::string& name, const std::string& value);
    Kinetics& kinetics() { return kinetics_; }
    /// [reactions] mol of events on this rank since they are counted (kinetics().count_extents()).
    std::vector<double> extents() const;
    /// The stochastic species; null if there are none.
    Molecules* molecules() { return molecules_.get(); }
    const Molecules* molecules() const { return molecules_.get(); }
    void set_concentration(std::size_t i, int species, double mM);  ///< before the first add or advance
    /// Of the model's membranes; nullptr without any.
    MembranePotential* potential() { return potential_.get(); }
    const MembranePotential* potential() const { return potential_.get(); }
    /// [owned] of one species
    std::vector<double> column(int species) const;
    const std::vector<double>& concentrations() const { return state_.c; }  ///< [owned][species]

    struct Extremes {
        double mean, lowest, highest;  ///< mM; mean over the volume
    };
    /// Collective.
    Extremes extremes(int species) const { return extremes(species, state_.c); }
    Extremes extremes(int species, const std::vector<double>& c) const;
    /// Collective.
    Budget budget(int species) const;
    Diffusion::Statistics statistics() const;
    std::int64_t steps() const { return steps_; }
    /// Steps that were refused because their error was above the bound.
    std::int64_t refused_steps() const { return refused_; }
    /// Share of faces that lose part of their correction at the model's step. Collective.
    double share_of_limited_faces() const;

  private:
    struct State {
        std::vector<double> c;          // [owned][species] mM
        std::vector<double> densities;  // [faces][surface species] mM um
        std::vector<double> potential;  // [local vertices] mV
        std::vector<double> removed;    // [species] mM um3, in this advance
    };
    /// Species that diffuse in the same medium.
    struct Block {
        std::vector<int> species;
        std::unique_ptr<Diffusion> diffusion;
        std::vector<double> values;  // [owned][species of the block]; empty: the block is all of c
    };

    bool is_concentration(int species) const { return model_.species[species].engine == Engine::deterministic; }
    double density_in(const State& state, std::size_t k, int species) const;
    void prepare_contents();
    void prepare_clamps();
    void prepare_blocks();
    Medium medium_of(int species) const;
    double moles(int species) const;
    void remember_start();
    void find_scale();
    void react_before(State& state, double dt, double time_ms);
    void react_after(State& state, double dt, double time_ms);
    void react_volumes(State& state, double dt, double time_ms);
    void react_surfaces(State& state, double dt, Kinetics::Sweep sweep, double time_ms);
    void add_contents(State& state, double sign) const;
    void remove(State& state, double dt) const;
    void diffuse(State& state, double dt, double time_ms);
    void polarise(State& state, double dt, double time_ms);
    void step(State& state, double dt, double time_ms);
    bool joins_halves() const;
    void apply_changes(std::size_t end);
    void advance_unchanged(Tick begin, Tick end);
    void advance_fixed(Tick begin, Tick end);
    void advance_adaptive(Tick begin, Tick end);
    using AfterStep = std::function<void(Tick from, Tick to, const State& before)>;
    void adapt_steps(Tick begin, Tick end, const AfterStep& after_step);
    void advance_molecules(Tick begin, Tick end);
    double difference(const State& a, const State& b) const;
    void show(Tick begin, Tick end, const std::vector<double>& before, const std::vector<double>& after);

    MPI_Comm comm_;
    LocalMesh mesh_;
    Model model_;
    std::size_t ns_;
    RegionMap regions_;
    SurfaceSpecies surface_;
    std::vector<double> solvent_;  // [local] um3
    std::vector<double> areas_;    // [faces] um2
    std::vector<std::uint8_t> held_;
    std::vector<Block> blocks_;
    std::unique_ptr<SurfaceCells> surface_cells_;
    Block surface_block_;
    std::unique_ptr<MembranePotential> potential_;
    Kinetics kinetics_;
    Reactions reactions_;
    bool removes_ = false;  // clearance or uptake
    State state_;
    std::vector<double> scale_;  // [species], then [surface species]
    std::unique_ptr<Molecules> molecules_;
    std::vector<double> start_, added_, removed_;  // mol
    bool started_ = false;
    std::int64_t steps_ = 0, refused_ = 0;
    Tick adaptive_step_ = 0;
    std::size_t next_change_ = 0;  // of Model::changes
    Tick watch_every_ = 0, watch_next_ = 0;
    Watch watch_;
};

}  // namespace ngv::rd
