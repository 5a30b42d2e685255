// A SONATA simulation without a coupler: what `neuron-solver --standalone simulation_config.json --out DIR` runs.
//
// Read: simulations of BBP's extension and of Allen's dialect (sonata/simulation_config.hpp); what is not supported is a UserError that
// names file and line. Cells come from the circuit's model folders or from files given in `cells` (cells/cell_description.hpp),
// mechanisms from the project's catalogues (BBP's or Allen's, as the circuit's cells are) and from folders of .mod files.
#pragma once

#include <mpi.h>

#include <filesystem>
#include <vector>

#include "solvers/neuron/sonata/run_checkpoints.hpp"

namespace ngv::neuron {

struct StandaloneOptions {
    std::vector<std::filesystem::path> cells = {};  ///< files of cell descriptions, searched first
    std::vector<std::filesystem::path> mechanisms =
        {};                          ///< folders of .mod files, or files, that join the project's own
    bool neuron_arithmetic = false;  ///< NEURON's order of operations in the solver; slower
    bool legacy_constants = false;   ///< F and R as NEURON had them before version 8
    bool interpolate_spikes =
        false;  ///< spikes where the voltage crosses the threshold, not at the end of the step as in NEURON
    CheckpointOptions checkpoints = {};
};

struct StandaloneResult {
    std::int64_t spikes = 0;
    std::int64_t compartments = 0;
    double simulated_ms = 0, build_seconds = 0, run_seconds = 0;
    double imbalance = 1;  ///< time of the busiest rank in steps of its cells, relative to the mean
};

/// Collective. Writes spikes and reports to `out`.
StandaloneResult run_standalone(MPI_Comm comm, const std::filesystem::path& config, const std::filesystem::path& out,
                                const StandaloneOptions& options = {});

}  // namespace ngv::neuron
