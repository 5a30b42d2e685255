// The syntax tree as NMODL again: parsing the result gives the same tree.
#pragma once

#include <string>

#include "solvers/neuron/nmodl/tree.hpp"

namespace ngv::nmodl {

std::string print(const Program& program);
std::string print(const Expression& expression);
std::string print(const Block& block, int depth = 1);

}  // namespace ngv::nmodl
