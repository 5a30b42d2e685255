#include "solvers/common/model/interpret.hpp"

#include "solvers/common/native/dispatch.hpp"

namespace ngv::model {

NGV_SIMD_DECLARE(Interpreter, interpreter_table)

const Interpreter& interpreter() {
    static const Interpreter& best = NGV_SIMD_BEST(interpreter_table);
    return best;
}

}  // namespace ngv::model
