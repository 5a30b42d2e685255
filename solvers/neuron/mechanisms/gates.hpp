// Steps that all gated channels share.
#pragma once

#include "solvers/neuron/vector_math.hpp"

namespace ngv::neuron {

/// x' = alpha (1 - x) - beta x over dt with the rates held: exact (NEURON's cnexp).
NGV_VECTOR_INLINE double advance_gate(double x, double alpha, double beta, double dt) {
    const double sum = alpha + beta;
    return x + (1.0 - vector_exp(-dt * sum)) * (alpha / sum - x);
}

}  // namespace ngv::neuron
