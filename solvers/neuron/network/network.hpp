// Cells that talk: the engine of this rank, its connections, inputs and astrocytes, in step with the other ranks.
//
//   step n -> n+1:   deliver events of n | clamps at (n + 1/2) dt | engine step | thresholds -> spikes at n+1 |
//   astrocytes, if due every minimum delay: exchange spikes, queue their events; draw Poisson inputs one interval ahead
//
// All event times are whole steps (delays are rounded down to steps, at least one), events of a step are delivered in
// an order fixed by (spike step, source, edge): the results do not depend on the number of ranks.
#pragma once

#include <mpi.h>

#include <memory>
#include <vector>

#include "solvers/neuron/astrocyte/astrocytes.hpp"
#include "solvers/neuron/engine/engine.hpp"
#include "solvers/neuron/network/connections.hpp"
#include "solvers/neuron/network/current_clamp.hpp"
#include "solvers/neuron/network/event_queue.hpp"
#include "solvers/neuron/network/poisson.hpp"
#include "solvers/neuron/network/spike_exchange.hpp"

namespace ngv::neuron {

struct NetworkOptions {
    double spike_threshold = -20;         ///< mV at the soma, crossed upwards
    double molecules_per_vesicle = 4000;  ///< of transmitter
    double atp_per_vesicle = 24000;       ///< molecules of ATP spent for a released vesicle
    int num_spiking_cells = -1;           ///< the first so many cells of the engine fire; -1: all
};

class Network {
  public:
    Network(MPI_Comm comm, NetworkOptions options, std::unique_ptr<Engine> engine, Connections connections,
            PoissonSources poisson, Astrocytes astrocytes, std::vector<CurrentClamp> clamps);

    /// Spikes given from outside (a file), sorted; each rank passes all of them. Before initialise().
    void schedule(std::vector<SpikeEvent> events);
    /// Collective. Back to t = 0 with the voltages and concentrations that engine().nodes holds.
    void initialise();
    /// One dt. Collective at every minimum delay.
    void step();

    Engine& engine() { return *engine_; }
    const Engine& engine() const { return *engine_; }
    Astrocytes& astrocytes() { return astrocytes_; }
    /// Spikes of this rank's cells since the last call, in order of time.
    std::vector<SpikeEvent> take_spikes();
    int epoch_steps() const { return epoch_; }

  private:
    void start_epoch();
    void queue(const SpikeEvent& spike);
    void deliver(int connection);

    MPI_Comm comm_;
    NetworkOptions options_;
    std::unique_ptr<Engine> engine_;
    Connections connections_;
    PoissonSources poisson_, poisson_initial_;
    Astrocytes astrocytes_;
    std::vector<CurrentClamp> clamps_;
    SpikeExchange exchange_;
    EventQueue queue_;
    std::vector<SpikeEvent> scheduled_, inputs_, fired_, recorded_;
    std::size_t next_scheduled_ = 0;
    std::vector<char> above_;
    int epoch_ = 1, horizon_ = 2, astrocyte_steps_ = 40;
};

}  // namespace ngv::neuron
