// neuron-solver: multi-compartment neurons and astrocytes.
//
//     neuron-solver SCENARIO.yaml                                    a participant of a coupled run (under mpirun or
//     spawned) neuron-solver --standalone simulation_config.json --out DIR    a SONATA simulation on its own
#include <CLI/CLI.hpp>
#include <cstdio>

#include "ngv/error.hpp"
#include "solvers/neuron/join.hpp"
#include "solvers/neuron/standalone.hpp"

namespace {

int standalone(int argc, char** argv, const std::string& config, const std::string& out) {
    MPI_Init(&argc, &argv);
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    const auto r = ngv::neuron::run_standalone(MPI_COMM_WORLD, config, out);
    if (rank == 0)
        std::printf(
            "{\"spikes\": %lld, \"compartments\": %lld, \"simulated_ms\": %g, \"build_s\": %.3f, \"run_s\": %.3f}\n",
            static_cast<long long>(r.spikes), static_cast<long long>(r.compartments), r.simulated_ms, r.build_seconds,
            r.run_seconds);
    MPI_Finalize();
    return 0;
}

/// Reports an error of this rank and ends all ranks: the others may wait for it.
int end_with(const std::exception& error) {
    std::fprintf(stderr, "neuron-solver: %s\n", error.what());
    int started = 0, finished = 0;
    MPI_Initialized(&started);
    MPI_Finalized(&finished);
    const int code = static_cast<int>(ngv::exit_code(error));
    if (started && !finished) MPI_Abort(MPI_COMM_WORLD, code);
    return code;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"neuron-solver: multi-compartment neurons and astrocytes, synapses, network"};
    std::string scenario, simulation, out = "output";
    app.add_option("scenario", scenario, "scenario of a coupled run (YAML)");
    app.add_option("--standalone", simulation, "SONATA simulation_config.json to run without a coupler");
    app.add_option("--out", out, "folder for the results of --standalone")->capture_default_str();
    CLI11_PARSE(app, argc, argv);
    try {
        if (!simulation.empty()) return standalone(argc, argv, simulation, out);
        if (!scenario.empty()) return ngv::neuron::join_run(argc, argv, scenario);
        std::fputs(app.help().c_str(), stderr);
        return static_cast<int>(ngv::ExitCode::user_error);
    } catch (const std::exception& error) {
        return end_with(error);
    }
}
