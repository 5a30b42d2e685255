#include "solvers/metabolism/integrate/step.hpp"

#include "solvers/common/native/dispatch.hpp"

namespace ngv::metabolism {

NGV_SIMD_DECLARE(StepArithmetic, step_table)

const StepArithmetic& step_arithmetic() {
    static const StepArithmetic& best = NGV_SIMD_BEST(step_table);
    return best;
}

}  // namespace ngv::metabolism
