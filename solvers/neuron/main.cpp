// neuron-solver: multi-compartment neurons and astrocytes.
//
//     neuron-solver SCENARIO.yaml                                             a participant of a coupled run
//     neuron-solver --standalone simulation_config.json --out DIR             a SONATA simulation on its own
//                   [--cells emodels.json ...] [--mechanisms folder_of_mod ...] [--checkpoint state.h5] [--resume state.h5]
#include <CLI/CLI.hpp>
#include <cstdio>

#include "ngv/participant.hpp"
#include "solvers/neuron/join.hpp"
#include "solvers/neuron/standalone.hpp"

namespace {

void standalone(MPI_Comm comm, const std::string& config, const std::string& out,
                const ngv::neuron::StandaloneOptions& options) {
    int rank = 0;
    MPI_Comm_rank(comm, &rank);
    const auto r = ngv::neuron::run_standalone(comm, config, out, options);
    if (rank == 0)
        std::printf(
            "{\"spikes\": %lld, \"compartments\": %lld, \"simulated_ms\": %g, \"build_s\": %.3f, \"run_s\": %.3f, "
            "\"imbalance\": %.3f}\n",
            static_cast<long long>(r.spikes), static_cast<long long>(r.compartments), r.simulated_ms, r.build_seconds,
            r.run_seconds, r.imbalance);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"neuron-solver: multi-compartment neurons and astrocytes, synapses, network"};
    std::string scenario, simulation, out = "output", constants = "codata2018";
    ngv::neuron::StandaloneOptions options;
    app.add_option("scenario", scenario, "scenario of a coupled run (YAML)");
    app.add_option("--standalone", simulation, "SONATA simulation_config.json to run without a coupler");
    app.add_option("--out", out, "folder for the results of --standalone")->capture_default_str();
    app.add_option("--cells", options.cells,
                   "files that describe cell models (YAML or JSON), searched before the circuit's folders");
    app.add_option("--mechanisms", options.mechanisms,
                   "folders of .mod files, or files, beside the project's own mechanisms");
    app.add_flag("--neuron-arithmetic", options.neuron_arithmetic,
                 "NEURON's order of operations in the solver: slower, closer to its last bits");
    app.add_flag("--interpolate-spikes", options.interpolate_spikes,
                 "spike times where the voltage crosses the threshold within the step, of second order in dt; NEURON's "
                 "are its end");
    app.add_option("--constants", constants, "F and R: codata2018, or legacy as NEURON had them before version 8")
        ->check(CLI::IsMember({"codata2018", "legacy"}))
        ->capture_default_str();
    auto& checkpoints = options.checkpoints;
    auto* checkpoint = app.add_option("--checkpoint", checkpoints.file,
                                      "HDF5 file for the whole state, at the end of the run or as the next two say");
    auto* at = app.add_option("--checkpoint-at", checkpoints.at, "ms: when the state is written; the run goes on")
                   ->needs(checkpoint);
    app.add_option("--checkpoint-every", checkpoints.every,
                   "ms: writes the state again and again, each in place of the one before")
        ->needs(checkpoint)
        ->excludes(at);
    app.add_option("--resume", checkpoints.resume,
                   "state to go on from, on any number of ranks: --out receives what comes after it")
        ->check(CLI::ExistingFile);
    CLI11_PARSE(app, argc, argv);
    options.legacy_constants = constants == "legacy";
    if (!simulation.empty())
        return ngv::run_alone(argc, argv, "neuron-solver",
                              [&](MPI_Comm comm) { standalone(comm, simulation, out, options); });
    try {
        if (!scenario.empty()) return ngv::neuron::join_run(argc, argv, scenario);
        std::fputs(app.help().c_str(), stderr);
        return static_cast<int>(ngv::ExitCode::user_error);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "neuron-solver: %s\n", error.what());
        return static_cast<int>(ngv::exit_code(error));
    }
}
