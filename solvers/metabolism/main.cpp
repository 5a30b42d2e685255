// metabolism-solver: energy metabolism, one stiff system of equations a cell.
//
//     metabolism-solver SCENARIO.yaml                            a participant of a coupled run
//     metabolism-solver --standalone study.yaml --out DIR        one cell or thousands under a protocol
#include <mpi.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "ngv/participant.hpp"
#include "solvers/metabolism/join.hpp"
#include "solvers/metabolism/study/study.hpp"

namespace {

void standalone(MPI_Comm comm, const std::string& study, const std::string& out) {
    int rank = 0;
    MPI_Comm_rank(comm, &rank);
    const auto r = ngv::metabolism::run_study(comm, study, out);
    if (rank == 0)
        std::printf("{\"cells\": %lld, \"simulated_s\": %g, \"steps\": %lld, \"wall_s\": %.3f}\n",
                    static_cast<long long>(r.cells), r.simulated_s, static_cast<long long>(r.steps), r.wall_s);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"metabolism-solver: energy metabolism, one stiff system of equations a cell"};
    std::string scenario, study, out = "output";
    app.add_option("scenario", scenario, "scenario of a coupled run (YAML)");
    app.add_option("--standalone", study, "study.yaml to run without a coupler");
    app.add_option("--out", out, "folder for the results of --standalone")->capture_default_str();
    CLI11_PARSE(app, argc, argv);
    if (!study.empty())
        return ngv::run_alone(argc, argv, "metabolism-solver", [&](MPI_Comm comm) { standalone(comm, study, out); });
    try {
        if (!scenario.empty()) return ngv::metabolism::join_run(argc, argv, scenario);
        std::fputs(app.help().c_str(), stderr);
        return static_cast<int>(ngv::ExitCode::user_error);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "metabolism-solver: %s\n", error.what());
        return static_cast<int>(ngv::exit_code(error));
    }
}
