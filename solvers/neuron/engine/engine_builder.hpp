// A network of cells, described piece by piece, and made into a Simulation.
//
//     EngineBuilder b({.dt = 0.025, .celsius = 34, .v_init = -70});
//     b.add_catalogue(catalogue);                                     // compiled .mod files (mechanisms/abi.h)
//     b.add_cell(7, blueprint);                                       // cell 7 lives on this rank
//     Point syn = b.add_point(7, node, "ExpSyn", {{"tau", 2}});
//     b.add_detector(7, {.gid = 7, .node = 0}, -20);                  // source 7 fires when v crosses -20 mV
//     b.add_connection(5, syn, 1.5, {0.01});                          // from source 5, wherever it lives
//     int rec = b.add_recorder({.every = 4, .columns = {{.gid = 7, .node = 0, .variable = "v"}}});
//     auto simulation = b.build(comm);                                // collective
//     simulation->initialise(); simulation->advance(4000);            // steps
//
// Everything is by global id, so that the result does not depend on which rank holds what. Mistakes (an unknown mechanism, a
// variable it does not have, a node outside the cell) are UserErrors that name the cell and the nearest known name.
//
// Variables by name: v (mV), i_membrane (nA), nai nao ena ina ... (mM, mM, mV, mA/cm2; any ion), MECH.var or var_MECH of a density
// mechanism at a node, var of a point process.
#pragma once

#include <mpi.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "solvers/neuron/engine/waveform.hpp"
#include "solvers/neuron/mechanisms/abi.h"
#include "solvers/neuron/model/blueprint.hpp"

namespace ngv::neuron {

class Simulation;

struct SimulationOptions {
    double dt = 0.025;  ///< ms
    double celsius = 6.3;
    double v_init = -65;   ///< mV
    int second_order = 0;  ///< NEURON's secondorder: 0 implicit Euler, 1 Crank-Nicolson, 2 with ion currents corrected
    /// NEURON's own divisions and order of sums in the solver: equal to the last bit, slower. Catalogues have the same choice.
    bool neuron_arithmetic = false;
    bool interpolate_spikes = false;  ///< spike times by linear interpolation instead of NEURON's end of the step
    bool correct_currents =
        false;  ///< ion currents become what flowed in the implicit step, i += di/dv dv, whatever the order
    bool legacy_constants = false;  ///< F and R as NEURON had them before 8.0; CODATA 2018 otherwise
    std::uint32_t random_key = 0;   ///< global index of all Random123 streams
    int wide_nodes = 4000;          ///< cells of at least so many nodes get the eight lanes for themselves
    double max_epoch_ms = 2.5;      ///< groups run so long, or half the minimum delay, without looking at each other
};

/// A point process or artificial cell of this rank.
struct Point {
    int index = -1;
};

/// A variable of a node (gid, node, name) or of a point process (point, name).
struct Probe {
    std::int64_t gid = -1;
    int node = 0;
    std::string variable = "v";
    Point point = {};
};

using Values = std::vector<std::pair<std::string, double>>;

/// Values of some variables every so many steps; frame 0 is the state at step `first`.
struct RecorderSpec {
    std::int64_t every = 1, first = 0;
    std::int64_t last = INT64_MAX;  ///< no frame at or after it
    std::vector<Probe> columns;
};

/// A function of a mechanism that is given by its values at points: linear between them for one argument and for two, the lower point
/// for more, constant beyond.
struct FunctionTable {
    std::string mechanism, function;
    std::vector<std::vector<double>> axes;  ///< rising places, an axis an argument; none: the same value everywhere
    std::vector<double> values;             ///< the last axis fastest
    std::string where = {};                 ///< file:line, for messages
    bool operator==(const FunctionTable& o) const {
        return mechanism == o.mechanism && function == o.function && axes == o.axes && values == o.values;
    }
};

/// Voltage clamp with a series resistance (SEClamp), off after the last level.
struct VoltageClamp {
    double rs = 1;                                    ///< MOhm
    std::vector<double> durations = {}, levels = {};  ///< ms, mV
};

class EngineBuilder {
  public:
    explicit EngineBuilder(SimulationOptions options);
    ~EngineBuilder();
    EngineBuilder(EngineBuilder&&) noexcept;
    const SimulationOptions& options() const;

    /// Mechanisms that may be used from now on; `catalogue` must outlive the simulation. Ranks add the same ones in the same
    /// order: it is the order in which mechanisms act, after writers of concentrations, which come first as in NEURON.
    void add_catalogue(const ngv_catalogue* catalogue);
    const ngv_mechanism* mechanism(const std::string& name, const std::string& where) const;  ///< UserError if unknown
    bool has_mechanism(const std::string& name) const;
    /// A GLOBAL of a mechanism ("var_MECH" in NEURON).
    void set_global(const std::string& mechanism, const std::string& name, double value);
    /// As in NEURON the points belong to the loaded mechanism, so that all simulations of the process share them. UserError for a
    /// function that the mechanism has not, another number of arguments, axes that do not rise, or another number of values.
    void set_function_table(const FunctionTable& table);

    void add_cell(std::int64_t gid, std::shared_ptr<const Blueprint> blueprint);
    bool has_cell(std::int64_t gid) const;
    const Blueprint& blueprint(std::int64_t gid) const;
    /// Changes the value of a RANGE variable or of an ion ("nai", "ek") at a node of one cell.
    void set_value(std::int64_t gid, int node, const std::string& variable, double value);

    /// A point process. Points of a node act in the order of addition.
    Point add_point(std::int64_t gid, int node, const std::string& mechanism, const Values& values = {});
    /// An artificial cell (IntFire1, NetStim, ...): it is source `gid` of the spikes of its net_event.
    Point add_artificial_cell(std::int64_t gid, const std::string& mechanism, const Values& values = {});
    void set_random(Point point, const std::string& name, std::uint32_t id1, std::uint32_t id2, std::uint32_t id3);
    void set_random(std::int64_t gid, int node, const std::string& mechanism, const std::string& name,
                    std::uint32_t id1, std::uint32_t id2, std::uint32_t id3);
    void set_vector(Point point, const std::string& name, std::vector<double> values);
    /// A POINTER of a point process to a variable of the same cell.
    void set_pointer(Point point, const std::string& name, const Probe& target);
    void set_pointer(std::int64_t gid, int node, const std::string& mechanism, const std::string& name,
                     const Probe& target);

    /// Source `source` fires when the probed variable crosses `threshold` upwards.
    void add_detector(std::int64_t source, const Probe& probe, double threshold);
    /// net_event of a point process fires source `source`.
    void add_net_event_source(std::int64_t source, Point point);
    /// Spikes of a source that is not simulated; given on every rank that has targets of it. Sorted or not;
    /// none: the source is there and silent.
    void add_spikes(std::int64_t source, const std::vector<double>& times_ms);
    /// Spikes made on the way: called once an epoch with (begin, end], ms, appends (time, source). `sources`: all that it may name.
    using SpikeGenerator =
        std::function<void(double begin_ms, double end_ms, std::vector<std::pair<double, std::int64_t>>&)>;
    void add_spike_generator(SpikeGenerator generator, const std::vector<std::int64_t>& sources);

    /// Connections from sources that can never fire (nothing detects, gives or makes their spikes, on any rank) are left out.
    /// `order`: breaks ties of events at the same time from the same source; the row of the edge. From simulated
    /// sources at least dt of delay; what is given may arrive at once.
    /// Weights beyond the first are further arguments of NET_RECEIVE; missing ones are 0, and so are all of them, as in NEURON, where
    /// NET_RECEIVE has no INITIAL block.
    /// Returns the number of the connection.
    std::int64_t add_connection(std::int64_t source, Point target, double delay_ms, const std::vector<double>& weights,
                                std::int64_t order = 0);
    /// From `time_ms` on the connection's first weight is `weight`.
    void change_weight(std::int64_t connection, double time_ms, double weight);

    void add_current_clamp(std::int64_t gid, int node, Waveform amplitude_nA, bool electrode = true);
    void add_voltage_clamp(std::int64_t gid, int node, const VoltageClamp& clamp);
    /// i = g (v - reversal), a membrane current; g in uS.
    void add_conductance(std::int64_t gid, int node, Waveform g_uS, double reversal_mV);
    /// Writes a waveform into a variable, at the middle and the end of each step (Vector.play).
    void play(const Probe& target, Waveform waveform);
    /// One side of a gap junction: the variable follows the voltage of (gid, node), possibly on another rank, of the step before.
    void add_transfer(const Probe& target, std::int64_t source_gid, int source_node);

    int add_recorder(RecorderSpec spec);  ///< number for Simulation::take_frames
    /// A RANGE variable of a mechanism that will be set or read from outside: each instance gets a value of its own, and what
    /// kernels keep because it follows from parameters (ngv_mechanism::derive) follows it.
    void expose(const std::string& mechanism, const std::string& variable);
    /// Integrate what crosses the membrane: ion ("na") -> mol, outward; Simulation::efflux.
    void track_efflux(const std::string& ion);
    /// Concentrations of an ion will be set from outside: a value a node, whether or not a mechanism writes them. With `follow` its
    /// reversal potential follows from the next step on (update_reversals(): at once), else it stays as it is (`hold`).
    void own_concentrations(const std::string& ion, bool follow = true);

    /// Collective over comm. Leaves the builder empty.
    std::unique_ptr<Simulation> build(MPI_Comm comm);

    struct Impl;

  private:
    std::unique_ptr<Impl> impl_;
};

}  // namespace ngv::neuron
