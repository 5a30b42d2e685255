// What generated mechanisms are made of.
#pragma once

#include "solvers/neuron/nmodl/runtime/dense.hpp"
#include "solvers/neuron/nmodl/runtime/function_table.hpp"
#include "solvers/neuron/nmodl/runtime/functions.hpp"
#include "solvers/neuron/nmodl/runtime/instance.hpp"
#include "solvers/neuron/nmodl/runtime/random.hpp"
#include "solvers/neuron/nmodl/runtime/rows.hpp"
