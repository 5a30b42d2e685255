// Names of the variables of a mechanism: "m", "ca[3]"; "hh.m" and "m_hh" with the mechanism.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "solvers/neuron/mechanisms/abi.h"

namespace ngv::neuron {

/// Column of a variable; nothing if there is none of that name.
std::optional<int> find_column(const ngv_mechanism& mechanism, const std::string& variable);
/// The variable of a column; nullptr for columns that have no name.
const ngv_variable* variable_of_column(const ngv_mechanism& mechanism, int column);
std::vector<std::string> variable_names(const ngv_mechanism& mechanism);

/// ("hh", "m") of "hh.m" and "m_hh"; the mechanism is empty if none of the known ones is named.
std::pair<std::string, std::string> split_variable(const std::string& name,
                                                   const std::unordered_map<std::string, int>& mechanisms);

}  // namespace ngv::neuron
