// What a Simulation is made of; shared by the files that assemble, step and inspect it.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <unordered_map>

#include "solvers/neuron/engine/connection_table.hpp"
#include "solvers/neuron/engine/exchange_of_spikes.hpp"
#include "solvers/neuron/engine/group.hpp"
#include "solvers/neuron/engine/simulation.hpp"
#include "solvers/neuron/engine/sweep.hpp"

namespace ngv::neuron {

/// Where a cell of this rank is.
struct CellPlace {
    std::int64_t gid = 0;
    std::shared_ptr<const Blueprint> blueprint;
    int group = 0, lane = 0;
    std::vector<std::int32_t> place;  ///< node of the group for each node of the cell; empty: 8 node + lane

    std::int32_t node(int n) const { return place.empty() ? lanes * n + lane : place[n]; }
};

/// A mechanism with what all its instances share.
struct MechanismEntry {
    const ngv_mechanism* mechanism;
    std::vector<double> globals, table;
    std::vector<const double*> externals;  ///< globals of other mechanisms
    ngv_run run = {};
};

struct RecorderState {
    RecorderSpec spec;
    std::int64_t next = 0;  ///< number of the first frame not yet taken
    std::vector<double> values;
    std::int64_t frames = 0;  ///< in `values`
};

/// Voltages that other cells (of any rank) see one step later.
struct Transfers {
    std::vector<const double*> sources;  ///< of this rank
    std::vector<double> send, all;
    std::vector<int> counts, offsets;
    std::vector<std::pair<double*, std::size_t>> targets;
    bool any = false;  ///< on any rank
};

struct StepTimes {
    double begin, middle, end;
};

struct Simulation::Impl {
    SimulationOptions options;
    MPI_Comm comm = MPI_COMM_SELF;
    std::vector<MechanismEntry> mechanisms;
    std::unordered_map<std::string, int> mechanism_number;
    std::vector<std::unique_ptr<Group>> groups;
    std::vector<std::pair<Group*, int>> set_by_id;
    std::vector<CellPlace> cells;  ///< by gid
    std::unordered_map<std::int64_t, int> cell_of_gid;
    struct PointPlace {
        std::int32_t group, set;
        std::int64_t instance;
    };
    std::vector<PointPlace> points;  ///< as the builder numbered them
    std::vector<std::int64_t> point_gid;
    ConnectionTable connections;
    ExchangeOfSpikes exchange;
    Transfers transfers;
    std::deque<std::vector<double>> vectors;
    std::deque<ngv_vector> vector_objects;
    std::vector<RecorderState> recorders;
    struct WeightChange {
        double time, before, after;
        std::int64_t connection;  ///< place in the table
    };
    std::vector<WeightChange> weight_changes;  ///< by connection and time
    std::vector<Spike> given;                  ///< of sources that are not simulated, by time
    std::size_t next_given = 0;
    std::vector<EngineBuilder::SpikeGenerator> generators;
    std::vector<FiredSpike> fired;   ///< in this epoch
    std::int64_t cause = 0;          ///< FiredSpike::cause of what fires now
    std::int64_t delivered = -1;     ///< connection whose numbers NET_RECEIVE has now; -1: none
    std::array<double, 256> room{};  ///< for numbers that connections share, and for events without a connection
    std::uint32_t spikes_sent = 0;   ///< number of the last spike that all ranks have seen
    std::vector<Spike> recorded;     ///< since take_spikes()

    std::int64_t steps = 0;
    double now = 0;
    double busy = 0;  ///< s in steps of cells
    int epoch = 1;
    bool overlapped = true;  ///< spikes of an epoch arrive after the next one, not at its end
    double min_delay = 1e300, local_min_delay = 1e300;  ///< of connections from simulated sources
    std::vector<StepTimes> times;
    Aligned<double> rhs, d, saved_rhs, saved_d;
    ngv_host host = {};
    Group* current_group = nullptr;
    double faraday = 0, gas_constant = 0;
    const Sweep* sweep = nullptr;
    bool correct_currents = false;
    std::vector<double>* profile = nullptr;  ///< seconds by mechanism; nobody measures: null

    // events.cpp
    void make_host();
    void deliver(Group& g, double until);
    void check_thresholds(Group& g, double t);
    void fire(std::int64_t source, double t);
    void send_spikes(const std::vector<FiredSpike>& spikes);
    void send_spike(double time, std::int64_t source, std::uint32_t number);
    // step.cpp
    ngv_group view(Group& g);
    SweepData sweep_data(Group& g);
    void set_time(Group& g, double t);
    void start_group(Group& g);
    void step(Group& g, std::int64_t s, const StepTimes& t);
    void currents(Group& g, double t);
    void reversals(Group& g);
    void record(Group& g, std::int64_t step);
    // epochs.cpp
    void make_times(std::int64_t n);
    void reserve_frames(std::int64_t last_step);
    void give_spikes(double begin, double end);
    void run_epoch(std::int64_t n);
    void transfer();
    // initialise.cpp
    void prepare();
    void derive();
    void initialise();
    void start_reversals(IonArrays& ion) const;
    // variables.cpp
    struct Found {
        double* value = nullptr;
        bool own = true;
        std::string why;  ///< not found, if it is not just the name
    };
    Found find(const Probe& probe);
    std::string nearest_variable(const Probe& probe);
    double* address(const Probe& probe, const std::string& where);
    IonArrays* ion(Group& g, const std::string& name);
    double nernst(double in, double out, double valence) const;
};

}  // namespace ngv::neuron
