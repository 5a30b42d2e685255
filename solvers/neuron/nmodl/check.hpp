// Every name in the bodies of a file is known, called as it is declared, and stands where it may.
#pragma once

#include <set>
#include <string>

#include "solvers/neuron/nmodl/model.hpp"

namespace ngv::nmodl {

/// Throws UserError with all unknown names, wrong numbers of arguments and misplaced statements of the file. Returns the functions
/// that are called and not defined in the file.
std::set<std::string> check_names(const Model& model);

/// ", did you mean 'x'?" for the nearest name of the model, or "".
std::string did_you_mean(const Model& model, const std::string& name);

/// Calls that NEURON's event system and runtime offer in a .mod file.
bool is_runtime_call(const std::string& name);

}  // namespace ngv::nmodl
