// A SONATA simulation without a coupler: what `neuron-solver --standalone simulation_config.json --out DIR` runs.
//
// Read: network, node_sets_file, run {tstop, dt, random_seed, spike_threshold}, conditions {celsius, v_init}, inputs of
// modules linear, pulse (current_clamp), synapse_replay (spikes), poisson (spikes; ours: {module: poisson, source,
// rate}), reports of type compartment, output {spikes_file}. Anything else in the file is a UserError that names it.
// Cells have the default membrane of configs/schema.yaml: models of cells (model_template) come with the NMODL
// compiler.
#pragma once

#include <mpi.h>

#include <filesystem>

namespace ngv::neuron {

struct StandaloneResult {
    std::int64_t spikes = 0;
    std::int64_t compartments = 0;
    double simulated_ms = 0, build_seconds = 0, run_seconds = 0;
};

/// Collective. Writes spikes and reports to `out`.
StandaloneResult run_standalone(MPI_Comm comm, const std::filesystem::path& config, const std::filesystem::path& out);

}  // namespace ngv::neuron
