// The MPMD line that starts a run: one segment a participant, the coupler last.
//
//     mpirun --oversubscribe --bind-to none -n 2 bin/neuron-solver s.yaml : -n 1 bin/rd-solver s.yaml : -n 1
//     bin/coupler s.yaml
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "coupler/config/config.hpp"

namespace ngv {

struct LaunchOptions {
    std::map<std::string, int> ranks;  ///< overrides participants.X.ranks of the scenario
    bool spawn = false;                ///< start the coupler alone, which starts the others by MPI_Comm_spawn_multiple
    bool resume = false;               ///< go on from the last state that was kept
};

/// "neuron=2,rd=1" as a map. Throws UserError for anything else.
std::map<std::string, int> parse_ranks(const std::string& text);

/// The command and its arguments. Programs are looked for beside `own_folder` (the folder of ngv itself), then in PATH;
/// names with a slash are relative to the scenario. Throws UserError naming every program that is missing.
std::vector<std::string> launch_line(const Config& scenario, const LaunchOptions& options,
                                     const std::filesystem::path& own_folder);

/// Runs the command with the environment that a run needs, forwards SIGINT and SIGTERM to it, and returns its exit
/// code.
int run_command(const std::vector<std::string>& line);

/// The command as one would type it.
std::string shell_text(const std::vector<std::string>& line);

}  // namespace ngv
