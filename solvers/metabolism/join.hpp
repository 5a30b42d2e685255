// metabolism-solver as a participant of a coupled run.
#pragma once

#include <string>

namespace ngv::metabolism {

/// Reads the scenario, joins the run, simulates until its end. Returns the exit code for main.
int join_run(int argc, char** argv, const std::string& scenario_file);

}  // namespace ngv::metabolism
