// Starting the other participants from the coupler.
#pragma once

#include <vector>

#include "coupler/config/config.hpp"
#include "coupler/participant/world.hpp"

namespace ngv::hub {

/// The programs of a scenario's participants. Executables are looked for beside the coupler's own, then in PATH; a name
/// with a slash is relative to the scenario. Throws UserError naming every one that is missing: MPI would hang or kill
/// the job.
std::vector<Program> programs(const Config& scenario);

}  // namespace ngv::hub
