#include "solvers/neuron/sonata/run.hpp"

#include <algorithm>
#include <cmath>

#include "ngv/error.hpp"
#include "solvers/common/ids.hpp"
#include "solvers/common/log.hpp"
#include "solvers/common/resources.hpp"
#include "solvers/common/spikes.hpp"
#include "solvers/neuron/engine/simulation.hpp"
#include "solvers/neuron/sonata/reports.hpp"

namespace ngv::neuron {

namespace {

constexpr double piece_ms = 10;  // of the run, between writes

/// The spikes of the simulated populations, each into its part of the file.
class SpikeOutput {
  public:
    SpikeOutput(MPI_Comm comm, const std::filesystem::path& file, const Network& network) {
        std::vector<std::string> names;
        for (const auto& p : network.nodes().populations()) {
            if (p.simulated.empty()) continue;
            places_[p.entry.index] = names.size();
            names.push_back(p.entry.name);
        }
        const auto order =
            network.config().spike_order == SpikeOrder::by_id ? SpikeFileOrder::by_id : SpikeFileOrder::by_time;
        writer_ = std::make_unique<SpikeWriter>(comm, file, names, 0.5, order);
    }
    void write(Simulation& simulation) {
        for (const auto& s : simulation.take_spikes()) {
            if (compartment_of(s.source) != 0) continue;  // minis
            writer_->add(places_.at(static_cast<int>(population_of(s.source))), s.time, node_of(s.source));
        }
        writer_->advance();
    }
    void close() { writer_->close(); }
    std::int64_t count() const { return writer_->local_count(); }

  private:
    std::map<int, std::size_t> places_;
    std::unique_ptr<SpikeWriter> writer_;
};

}  // namespace

SonataResult run_sonata(MPI_Comm comm, const SimulationConfig& config, const std::filesystem::path& out,
                        const NetworkOptions& options, const CheckpointOptions& checkpoint_options) {
    Timer timer;
    const auto steps = static_cast<std::int64_t>(std::llround(config.tstop / config.dt));
    Network network(comm, config, options);
    const RunCheckpoints checkpoints(checkpoint_options, network, out);
    Reports reports(network, checkpoints.at_end());
    SonataResult result;
    result.cells = static_cast<std::int64_t>(network.cells().size());
    result.compartments = network.num_compartments();
    const auto simulation = network.builder().build(comm);
    simulation->forget_shapes();
    network.forget_shapes();
    result.connections = simulation->size().connections;
    simulation->initialise();
    checkpoints.resume(*simulation);
    SpikeOutput spikes(comm, out / config.spikes_file, network);
    reports.open(comm, out, simulation->steps());
    const double resumed_at = simulation->time();
    result.build_seconds = timer.seconds();
    timer.reset();
    const auto piece = std::max<std::int64_t>(1, std::llround(piece_ms / config.dt));
    reports.write(*simulation);
    while (simulation->steps() < steps) {
        const auto now = simulation->steps();
        simulation->advance(checkpoints.next(now, std::min(now + piece, steps)) - now);
        simulation->check_ranges();
        spikes.write(*simulation);
        reports.write(*simulation);
        checkpoints.write(*simulation);
    }
    spikes.close();
    reports.close();
    result.run_seconds = timer.seconds();
    result.simulated_ms = config.tstop - resumed_at;
    std::int64_t totals[4] = {spikes.count(), result.compartments, result.cells, result.connections};
    MPI_Allreduce(MPI_IN_PLACE, totals, 4, MPI_INT64_T, MPI_SUM, comm);
    if (const double x = simulation->imbalance(); x > 0) result.imbalance = x;
    result.spikes = totals[0];
    result.compartments = totals[1];
    result.cells = totals[2];
    result.connections = totals[3];
    return result;
}

SonataResult run_sonata(MPI_Comm comm, const std::filesystem::path& config, const std::filesystem::path& out,
                        const NetworkOptions& options, const CheckpointOptions& checkpoints) {
    return run_sonata(comm, SimulationConfig::load(config), out, options, checkpoints);
}

bool has_allen_cells(const SimulationConfig& config) {
    const auto circuit = CircuitConfig::load(config.circuit);
    for (const auto& entry : circuit.nodes()) {
        if (entry.type == "virtual" || entry.type == "vasculature" || entry.type == "astrocyte") continue;
        const NodePopulation nodes(entry);
        if (!nodes.has("model_template")) continue;
        for (const auto& model : nodes.texts("model_template", std::string()))
            if (model.starts_with("ctdb:") || model.starts_with("nml:")) return true;
    }
    return false;
}

}  // namespace ngv::neuron
