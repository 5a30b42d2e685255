// Variables of compartments by the names that reports use.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "solvers/neuron/engine/nodes.hpp"

namespace ngv::neuron {

struct Variable {
    std::string name;  ///< "v", "K_o", "i_Na", ...
    std::string unit;
    const Array* values;  ///< one entry a node; lives as long as the nodes
};

/// All of them.
std::vector<Variable> variables(const Nodes& nodes);
/// UserError with the nearest name if there is none; `where` is for the message.
Variable find_variable(const Nodes& nodes, std::string_view name, const std::string& where);

}  // namespace ngv::neuron
