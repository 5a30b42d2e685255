// What every generated mechanism is made of; random streams and function tables are included where a file has them.
#pragma once

#include "solvers/neuron/nmodl/runtime/dense.hpp"
#include "solvers/neuron/nmodl/runtime/functions.hpp"
#include "solvers/neuron/nmodl/runtime/instance.hpp"
#include "solvers/neuron/nmodl/runtime/rows.hpp"
