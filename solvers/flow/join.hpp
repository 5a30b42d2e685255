// The flow solver as a participant of a coupled run.
#pragma once

#include <filesystem>

namespace ngv::flow {

/// Reads the scenario, joins the run as "flow", and simulates until it ends. Returns the exit code for main.
int run_coupled(int argc, char** argv, const std::filesystem::path& scenario);

}  // namespace ngv::flow
