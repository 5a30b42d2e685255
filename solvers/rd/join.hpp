// The rd-solver as a participant of a coupled run.
//
// Element set `tetrahedra`, measures volume and extracellular_volume (um3). Fields, as the scenario's species name
// them:
//   pool (keeper)   what others put into a species or took from it arrives as a jump; what diffusion and reactions did
//   goes out amount (input)  what others released arrives as a jump state (output)  the concentration, mM
#pragma once

#include <filesystem>

namespace ngv::rd {

/// Returns the exit code of the program.
int run_coupled(int argc, char** argv, const std::filesystem::path& scenario);

}  // namespace ngv::rd
