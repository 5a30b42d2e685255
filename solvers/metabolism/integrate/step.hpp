// The vector arithmetic of a Rosenbrock step over eight lanes; compiled for each instruction set, the same bits on all.
#pragma once

#include <cstdint>

#include "solvers/metabolism/integrate/tableau.hpp"

namespace ngv::metabolism {

/// Sizes and arrays of one step. Every array has eight lanes, 64-byte aligned.
struct StepData {
    std::int64_t size = 0;        ///< integrated quantities
    std::int64_t num_states = 0;  ///< the first ones, which have errors and ranges
    const double* y = nullptr;
    double* stages = nullptr;  ///< u_i, [stage][size]
    double* sums = nullptr;    ///< sum_j c_ij u_j of the present stage, [size]
    double* at = nullptr;      ///< where the present stage's rates are taken, [size]
    double* y_new = nullptr;
    double* error = nullptr;
    const double* rtol_scale = nullptr;  ///< [size] scalars: rtol * scale of the state
    const double* min = nullptr;         ///< [size] scalars: range
    const double* max = nullptr;
    double rtol = 0;
};

/// What a step came to, lane i in bit i or at [i].
struct StepVerdict {
    unsigned finite = 0, in_range = 0;
    alignas(64) double error[8];   ///< root mean square of the scaled errors
    alignas(64) double factor[8];  ///< 0.9 error^(-1/(q+1)) between 0.2 and 6
};

struct StepArithmetic {
    /// `at` and `sums` of stage `s` > 0.
    void (*prepare)(const StepData& data, const Tableau& table, int s);
    /// u_s = f + sums / h  (f alone for s = 0).
    void (*combine)(const StepData& data, const double* f, const double* per_h, int s);
    void (*finish)(const StepData& data, const Tableau& table, StepVerdict& verdict);
    /// y = y_new in the lanes of `accepted`.
    void (*accept)(const StepData& data, double* y, unsigned accepted);
};

const StepArithmetic& step_arithmetic();

}  // namespace ngv::metabolism
