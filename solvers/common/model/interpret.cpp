#include "solvers/common/model/interpret.hpp"

#include "solvers/common/native/simd.hpp"

namespace ngv::model {

// NGV_ALL_SETS: interpret_simd.cpp is compiled for all of them, not only for the machine of the build.
#if defined(NGV_ALL_SETS)
namespace avx512 {
extern const Interpreter interpreter_table;
}
namespace avx2 {
extern const Interpreter interpreter_table;
}
namespace portable {
extern const Interpreter interpreter_table;
}

const Interpreter& interpreter() {
    static const Interpreter& best = __builtin_cpu_supports("avx512dq") ? avx512::interpreter_table
                                     : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")
                                         ? avx2::interpreter_table
                                         : portable::interpreter_table;
    return best;
}
#else
namespace NGV_SIMD_SET {
extern const Interpreter interpreter_table;
}

const Interpreter& interpreter() {
    return NGV_SIMD_SET::interpreter_table;
}
#endif

}  // namespace ngv::model
