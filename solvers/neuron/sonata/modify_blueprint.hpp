// Experimental manipulations of a cell: conditions.modifications of a simulation.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "solvers/neuron/mechanisms/abi.h"
#include "solvers/neuron/model/blueprint.hpp"
#include "solvers/neuron/sonata/simulation_config.hpp"

namespace ngv::neuron {

/// Mechanism by name, for defaults.
using FindMechanism = std::function<const ngv_mechanism*(const std::string&)>;

/// ttx: TTXDynamicsSwitch with ttxo_level 1 everywhere. Assignments: in every section of the scope that has all the variables named
/// (others stay as they are); `nodes`: of a compartment set. UserError for a scope or an operator that the kind does not take, and for
/// Ra, whose change would need the morphology.
void modify(Blueprint& blueprint, const Modification& modification, const std::vector<int>& nodes,
            const FindMechanism& mechanism);

/// Node of (section, x): the compartment int(nseg x); -1 where a section has been replaced.
int node_in(const Blueprint& blueprint, std::int64_t section, double x, const std::string& where);

}  // namespace ngv::neuron
