// rd-solver: reaction and diffusion in the extracellular space, alone or in a coupled run.
//
//     rd-solver scenario.yaml                             started by ngv run, or in an MPMD line
//     rd-solver --standalone model.yaml --out results     one tissue, with sources of its own
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <ngv/participant.hpp>
#include <string>

#include "solvers/rd/join.hpp"
#include "solvers/rd/standalone.hpp"

int main(int argc, char** argv) {
    CLI::App app{"rd-solver: reaction and diffusion in the extracellular space"};
    std::string scenario, model, out = "results";
    auto* const coupled = app.add_option("scenario", scenario, "The scenario of a coupled run.");
    auto* const alone = app.add_option("--standalone", model, "Run the model of this file alone.")->excludes(coupled);
    app.add_option("--out", out, "Folder for the results.")->needs(alone)->capture_default_str();
    CLI11_PARSE(app, argc, argv);
    if (scenario.empty() && model.empty()) {
        fmt::print(stderr, "[rd] give a scenario, or --standalone model.yaml\n");
        return static_cast<int>(ngv::ExitCode::user_error);
    }

    try {
        if (!scenario.empty()) return ngv::rd::run_coupled(argc, argv, scenario);
    } catch (const std::exception& error) {
        fmt::print(stderr, "[rd] {}\n", error.what());
        return static_cast<int>(ngv::exit_code(error));
    }
    return ngv::run_alone(argc, argv, "rd", [&](MPI_Comm comm) { ngv::rd::run_standalone(comm, model, out); });
}
