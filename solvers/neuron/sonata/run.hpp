// Runs a SONATA simulation of either dialect on the engine: cells, edges, inputs in; spikes and reports out.
//
//     auto result = run_sonata(comm, "simulation_config.json", "out", {.cells = {"emodels.json"}, .catalogues = {catalogue}});
#pragma once

#include <mpi.h>

#include <filesystem>
#include <vector>

#include "solvers/neuron/sonata/network.hpp"
#include "solvers/neuron/sonata/run_checkpoints.hpp"

namespace ngv::neuron {

struct SonataResult {
    std::int64_t spikes = 0, compartments = 0, cells = 0, connections = 0;
    double simulated_ms = 0, build_seconds = 0, run_seconds = 0;
    double imbalance = 1;  ///< time of the busiest rank in steps of its cells, relative to the mean
};

/// Collective. Spikes go to the config's spikes_file, sorted as it asks, reports to their files, all in `out`.
SonataResult run_sonata(MPI_Comm comm, const std::filesystem::path& config, const std::filesystem::path& out,
                        const NetworkOptions& options, const CheckpointOptions& checkpoints = {});

/// The same for a config that has been read.
SonataResult run_sonata(MPI_Comm comm, const SimulationConfig& config, const std::filesystem::path& out,
                        const NetworkOptions& options, const CheckpointOptions& checkpoints = {});

/// Whether the circuit's cells are Allen's, whose mechanisms share names with BBP's.
bool has_allen_cells(const SimulationConfig& config);

}  // namespace ngv::neuron
