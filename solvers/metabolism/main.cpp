// metabolism-solver: energy metabolism, one stiff system of equations a cell.
//
//     metabolism-solver SCENARIO.yaml                            a participant of a coupled run
//     metabolism-solver --standalone study.yaml --out DIR        one cell or thousands under a protocol
#include <mpi.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "ngv/error.hpp"
#include "solvers/metabolism/join.hpp"
#include "solvers/metabolism/study/study.hpp"

namespace {

int standalone(int argc, char** argv, const std::string& study, const std::string& out) {
    MPI_Init(&argc, &argv);
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    const auto r = ngv::metabolism::run_study(MPI_COMM_WORLD, study, out);
    if (rank == 0)
        std::printf("{\"cells\": %lld, \"simulated_s\": %g, \"steps\": %lld, \"wall_s\": %.3f}\n",
                    static_cast<long long>(r.cells), r.simulated_s, static_cast<long long>(r.steps), r.wall_s);
    MPI_Finalize();
    return 0;
}

/// Reports an error of this rank and ends all ranks: the others may wait for it.
int end_with(const std::exception& error) {
    std::fprintf(stderr, "metabolism-solver: %s\n", error.what());
    int started = 0, finished = 0, size = 1;
    MPI_Initialized(&started);
    MPI_Finalized(&finished);
    const int code = static_cast<int>(ngv::exit_code(error));
    if (!started || finished) return code;
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    if (size > 1) MPI_Abort(MPI_COMM_WORLD, code);
    MPI_Finalize();
    return code;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"metabolism-solver: energy metabolism, one stiff system of equations a cell"};
    std::string scenario, study, out = "output";
    app.add_option("scenario", scenario, "scenario of a coupled run (YAML)");
    app.add_option("--standalone", study, "study.yaml to run without a coupler");
    app.add_option("--out", out, "folder for the results of --standalone")->capture_default_str();
    CLI11_PARSE(app, argc, argv);
    try {
        if (!study.empty()) return standalone(argc, argv, study, out);
        if (!scenario.empty()) return ngv::metabolism::join_run(argc, argv, scenario);
        std::fputs(app.help().c_str(), stderr);
        return static_cast<int>(ngv::ExitCode::user_error);
    } catch (const std::exception& error) {
        return end_with(error);
    }
}
