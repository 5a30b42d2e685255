// A network of cells in time; made by an EngineBuilder.
//
//     simulation.initialise();
//     simulation.advance(n);           // n steps; collective
//     for (Spike s : simulation.take_spikes()) ...
//
// Cells run in groups of eight, one a SIMD lane (mechanisms/abi.h). A group runs a whole epoch of steps while it is in cache,
// spikes of one epoch travel while the next is computed, and arrive before the one after: an epoch is at most half the minimum
// delay. Where groups must look at each other in every step (gap junctions) all take one step at a time. A step is NEURON's
// (Carnevale & Hines 2006; fadvance).
#pragma once

#include <mpi.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "solvers/neuron/engine/engine_builder.hpp"

namespace ngv::neuron {

struct Spike {
    double time = 0;  ///< ms
    std::int64_t source = 0;
    auto operator<=>(const Spike&) const = default;
};

/// Frames of a recorder since the last call: values[frame * columns + column].
struct Frames {
    std::int64_t first = 0;  ///< number of the first of them
    std::int64_t count = 0;
    std::size_t columns = 0;
    std::vector<double> values;
};

struct SimulationSize {
    std::int64_t cells = 0, compartments = 0, points = 0, connections = 0, groups = 0, rows = 0;
    double bytes = 0;             ///< held by groups, shapes of cells, places of points, and connections
    double connection_bytes = 0;  ///< of which by connections
    double source_bytes = 0;      ///< and by the list of their sources
};

class Simulation {
  public:
    struct Impl;
    explicit Simulation(std::unique_ptr<Impl> impl);
    ~Simulation();
    const SimulationOptions& options() const;

    /// finitialize: v_init, concentrations, INITIAL blocks, events at t = 0. Frame 0 of recorders is taken.
    void initialise();
    /// Collective (once an epoch). Afterwards take_spikes() and take_frames() are complete up to here.
    void advance(std::int64_t steps);

    std::int64_t steps() const;
    double time() const;  ///< ms, accumulated as NEURON does
    int epoch_steps() const;
    double min_delay() const;
    /// The time that the busiest rank has spent in steps of its cells, over the mean of all; 0 before the first. Collective.
    double imbalance() const;

    /// Spikes of this rank's sources (not of add_spikes) since the last call, by (time, source).
    std::vector<Spike> take_spikes();
    Frames take_frames(int recorder);

    /// Present value of a variable, and its place: valid as long as the simulation. UserError for unknown names. Setting the value
    /// of a variable that all nodes share sets it for all.
    double* address(const Probe& probe);
    const double* address(const Probe& probe) const { return const_cast<Simulation*>(this)->address(probe); }
    /// True if the variable has a value of its own at the node (a constant shared by many has not).
    bool has_own_value(const Probe& probe) const;

    /// The addresses of a variable at all compartments of a cell of this rank, in the blueprint's order; nullptr where it does not
    /// exist. UserError if it exists nowhere in the cell.
    std::vector<double*> addresses(std::int64_t gid, const std::string& variable);
    /// Place of a variable of each given point process.
    std::vector<double*> addresses(std::span<const Point> points, const std::string& variable);

    /// mol of an ion that left through the membrane of each compartment, to be set to 0 by the reader; see track_efflux().
    std::vector<double*> efflux(std::int64_t gid, const std::string& ion);

    /// Reversal potentials of all ions that `follow`, after concentrations were set from outside.
    void update_reversals();
    /// Membrane and ion currents of the present state, without a step.
    void evaluate_currents();
    /// Voltages and concentrations physical; PhysicsError that names cell, node and time.
    void check_ranges() const;

    std::vector<std::int64_t> gids() const;  ///< cells of this rank, sorted
    const Blueprint& blueprint(std::int64_t gid) const;
    /// Keeps of the shapes of cells only what names their nodes (Blueprint::parent and node): for who asks no more of them.
    void forget_shapes();
    SimulationSize size() const;

    Impl& impl() { return *impl_; }
    const Impl& impl() const { return *impl_; }

  private:
    std::unique_ptr<Impl> impl_;
};

}  // namespace ngv::neuron
