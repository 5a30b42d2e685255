// flow-solver: blood flow in a vascular network, alone or in a coupled run.
//
//     flow-solver scenario.yaml                              started by ngv run, or in an MPMD line
//     flow-solver --standalone network.yaml --out results    one network at rest
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <string>

#include "ngv/error.hpp"
#include "ngv/participant.hpp"
#include "solvers/flow/join.hpp"
#include "solvers/flow/standalone.hpp"

int main(int argc, char** argv) {
    CLI::App app{"flow-solver: blood flow in a vascular network"};
    std::string scenario, network, out = "results";
    auto* const coupled = app.add_option("scenario", scenario, "The scenario of a coupled run.");
    auto* const alone =
        app.add_option("--standalone", network, "Solve the network of this file alone.")->excludes(coupled);
    app.add_option("--out", out, "Folder for the results.")->needs(alone)->capture_default_str();
    CLI11_PARSE(app, argc, argv);
    if (scenario.empty() && network.empty()) {
        fmt::print(stderr, "[flow] give a scenario, or --standalone network.yaml\n");
        return static_cast<int>(ngv::ExitCode::user_error);
    }

    try {
        if (!scenario.empty()) return ngv::flow::run_coupled(argc, argv, scenario);
    } catch (const std::exception& error) {
        fmt::print(stderr, "[flow] {}\n", error.what());
        return static_cast<int>(ngv::exit_code(error));
    }
    return ngv::run_alone(argc, argv, "flow", [&](MPI_Comm comm) { ngv::flow::run_standalone(comm, network, out); });
}
