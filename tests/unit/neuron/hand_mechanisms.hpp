// A few mechanisms written by hand against mechanisms/abi.h, in the arithmetic of NEURON's translator (derivatives by difference,
// libm's exp): hh, pas, ExpSyn, Exp2Syn. They test the engine apart from the compiler.
#pragma once

#include "solvers/neuron/mechanisms/abi.h"

namespace ngv::neuron::test {

const ngv_catalogue* hand_mechanisms();

}  // namespace ngv::neuron::test
