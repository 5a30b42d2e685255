// The points of a FUNCTION_TABLE in a file: places on the axis of each argument and the values there, the last axis fastest.
//
//     table_tau: {points: [-80, -40, 0], values: [20, 5, 1]}                     # of one number; linear between, constant beyond
//     table_rate: {points: [[-80, 0], [1e-4, 1e-3, 1e-2]], values: [[1, 2, 3], [4, 5, 6]]}
//     table_factor: 2                                                            # the same everywhere
#pragma once

#include "solvers/common/json.hpp"
#include "solvers/neuron/engine/engine_builder.hpp"

namespace ngv::neuron {

/// Whether a key names one, as NEURON's interpreter does: table_<function>.
bool names_function_table(const std::string& key);
/// UserError with file:line for what is no table; EngineBuilder::set_function_table looks at the numbers.
FunctionTable read_function_table(const Json& given, const std::string& mechanism, const std::string& key);

}  // namespace ngv::neuron
