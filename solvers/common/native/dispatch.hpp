// One table of functions for each instruction set, and the best one that this machine has.
//
//     // kernel_simd.cpp, added by ngv_simd_sources(): compiled for each set
//     NGV_SIMD_TABLE(Kernel, kernel_table) = {...};                 // at namespace scope
//     // kernel.cpp
//     NGV_SIMD_DECLARE(Kernel, kernel_table)                        // at the same namespace scope
//     const Kernel& kernel() { return NGV_SIMD_BEST(kernel_table); }
//
// The environment variable NGV_SIMD (avx512, avx2, portable) asks for less than the machine has: to compare them. It holds
// for generated code too (build.hpp).
#pragma once

#include <cstdlib>
#include <string_view>

#include "solvers/common/native/simd.hpp"

namespace ngv::native {

/// 2: AVX-512, 1: AVX2 and FMA, 0: neither.
inline int instruction_set() {
    const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    const int has = __builtin_cpu_supports("avx512dq") ? 2 : has_avx2 ? 1 : 0;
    const char* asked = std::getenv("NGV_SIMD");
    const std::string_view name = asked ? asked : "";
    return name == "portable" ? 0 : name == "avx2" && has > 1 ? 1 : has;
}

}  // namespace ngv::native

#define NGV_SIMD_TABLE(Type, name) \
    namespace NGV_SIMD_SET {       \
    extern const Type name;        \
    }                              \
    const Type NGV_SIMD_SET::name

// NGV_ALL_SETS: sources are compiled for all sets, not only for the machine of the build.
#if defined(NGV_ALL_SETS)
#define NGV_SIMD_DECLARE(Type, name) \
    namespace avx512 {               \
    extern const Type name;          \
    }                                \
    namespace avx2 {                 \
    extern const Type name;          \
    }                                \
    namespace portable {             \
    extern const Type name;          \
    }
#define NGV_SIMD_BEST(name)                               \
    (ngv::native::instruction_set() == 2   ? avx512::name \
     : ngv::native::instruction_set() == 1 ? avx2::name   \
                                           : portable::name)
#else
#define NGV_SIMD_DECLARE(Type, name) \
    namespace NGV_SIMD_SET {         \
    extern const Type name;          \
    }
#define NGV_SIMD_BEST(name) NGV_SIMD_SET::name
#endif
