// The stochastic engine: numbers of molecules that react and diffuse, the same trajectory on any number of ranks.
//
//     StochasticEngine cell(comm, mesh, model, regions_of(mesh, model, comm));
//     cell.advance(0, 5'000'000);                         // ticks (ns), in steps of at most model.step
//     cell.count(tetrahedron, species)                    // 64-bit, by the mesh's numbering
//     cell.total(species)                                 // over all ranks
//
// A step is reactions dt/2, diffusion dt, reactions dt/2 (Strang 1968): what diffuses is the population in the middle of
// the step, so the error of splitting is second order in the step. Reactions: chemistry.hpp; diffusion: hops.hpp; random
// numbers: philox.hpp.
#pragma once

#include <mpi.h>

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "solvers/rd/mesh/local_mesh.hpp"
#include "solvers/rd/model/model.hpp"
#include "solvers/rd/stochastic/chemistry.hpp"
#include "solvers/rd/stochastic/hops.hpp"

namespace ngv::rd {

class StochasticEngine {
  public:
    /// `mesh` must outlive this. Throws UserError for what the engine does not do. Collective.
    StochasticEngine(MPI_Comm comm, const LocalMesh& mesh, Model model, const RegionMap& regions);
    ~StochasticEngine();

    /// Collective.
    void advance(Tick begin, Tick end);
    /// The parts of a step, for who does other things between them; all collective.
    void react(double dt_ms);
    void diffuse(double dt_ms);
    /// Deterministic species that react with stochastic ones: what they hold must be put in, as whole molecules, before
    /// react(), and taken out after it.
    const std::vector<int>& shared_species() const { return shared_; }
    /// Called after each step with the time at its end, in ms; it sees the state and does not change it.
    void watch(std::function<void(double)> callee) { watch_ = std::move(callee); }

    const Model& model() const { return model_; }
    const Elements& elements() const { return elements_; }
    std::int64_t count(std::int32_t tetrahedron, int species) const;
    bool holds(std::int32_t tetrahedron, int species) const {
        return populations_.volume[species].holds(elements_.from_mesh[tetrahedron]);
    }
    double concentration(std::int32_t tetrahedron, int species) const;  ///< mM of the solvent
    std::int64_t surface_count(std::int32_t triangle, int species) const;
    void set_count(std::int32_t tetrahedron, int species, std::int64_t n);
    void set_surface_count(std::int32_t triangle, int species, std::int64_t n);
    /// Holds the number of a species in a tetrahedron at what it is.
    void clamp(std::int32_t tetrahedron, int species);

    /// Molecules everywhere, exact. Collective.
    std::int64_t total(int species) const;
    /// Molecules in one region. Collective.
    std::int64_t total(int species, RegionId region) const;
    /// Events by row of extent_names(), all ranks. Collective.
    std::vector<std::int64_t> extents() const;
    std::vector<std::int64_t> extents_here() const;  ///< this rank's part of them
    const std::vector<std::string>& extent_names() const { return laws_->extents; }
    /// Of each row the model's reaction, or -1.
    const std::vector<int>& extent_reactions() const { return laws_->reactions; }

    /// mol[i] to each owned tetrahedron, as whole molecules whose mean it is (`number` tells calls apart); what a negative
    /// amount could not take is given to `unmet`.
    void add(int species, std::span<const double> mol, const std::function<void(std::size_t, double)>& unmet);

    void set_constant(const std::string& name, const std::string& value);
    void set_open(int boundary, bool open);
    void set_potential(std::int32_t triangle, double mV) {
        chemistry_->set_potential(triangle, mV);
        changed_ = true;
    }
    double take_charge(std::int32_t triangle) { return chemistry_->take_charge(triangle); }

    struct Statistics {
        std::int64_t jumps = 0, reactions = 0, leaps = 0, steps = 0, visits = 0, composed = 0;
        int sub_steps = 1;
    };
    Statistics statistics() const;  ///< of this rank
    /// How far two-point rates were off on this mesh, and what is left of it.
    const Spreading& spreading() const { return graph_.spreading; }

    /// What a run continues from: rows by owned tetrahedron, and by face of the RegionMap.
    struct State {
        std::vector<std::int64_t>
            tetrahedra;                       ///< [owned][2 + species] clock's bits, clocks drawn, numbers of molecules
        std::vector<std::int64_t> triangles;  ///< [faces][2 + species] charge, potential's bits, numbers
        std::vector<std::int64_t> common;     ///< the same on every rank: steps, adds, then extents
    };
    State state() const;  ///< collective
    void set_state(const State& state);

  private:
    void check_sides() const;
    void place_contents();
    std::vector<Hops::Mover> volume_movers();
    std::vector<Hops::Mover> surface_movers();
    bool is_ours(int species) const { return model_.species[species].engine == Engine::stochastic; }
    void deliver(std::vector<Move>& moves);
    void hold(int species, bool surface, std::int32_t place);

    struct Held {
        int species;
        std::int32_t place;
        std::int64_t value;
    };

    MPI_Comm comm_;
    const LocalMesh& mesh_;
    Model model_;
    Halo halo_;
    Elements elements_;
    std::unique_ptr<LawBook> laws_;
    Populations populations_;
    std::vector<int> shared_;
    JumpGraph graph_;
    Arrivals arrivals_;
    std::unique_ptr<Hops> hops_;
    struct Surface;  // diffusion on patches
    std::unique_ptr<Surface> surface_;
    std::unique_ptr<Chemistry> chemistry_;
    std::vector<Held> held_;
    std::vector<Move> moves_;
    bool moves_across_ = false;
    bool changed_ = true;  // something but reactions changed numbers or rates
    std::int64_t steps_ = 0, adds_ = 0;
    double planned_dt_ = 0.0;
    std::size_t next_change_ = 0;
    std::vector<std::int64_t> extents_before_;  // of the run that this one continues
    std::function<void(double)> watch_;
};

}  // namespace ngv::rd
