// The coupler: owns the clock, the mappings and the exchange of one run.
//
//     ngv::hub::Options options{.scenario = "tissue.yaml"};
//     return ngv::hub::run_coupler(argc, argv, options);     // exit code
#pragma once

#include <filesystem>

namespace ngv::hub {

struct Options {
    std::filesystem::path scenario;
    bool spawn = false;   ///< start the other participants with MPI_Comm_spawn_multiple
    bool resume = false;  ///< go on from the last complete state of the scenario's results
};

/// Runs the coupler's side of a whole run. All errors are reported; the return value is the exit code (ngv::ExitCode).
int run_coupler(int argc, char** argv, const Options& options);

}  // namespace ngv::hub
