// One table of functions for each instruction set, and the best one that this machine has.
//
//     // kernel_simd.cpp, added by ngv_simd_sources(): compiled for each set
//     NGV_SIMD_TABLE(Kernel, kernel_table) = {...};                 // at namespace scope
//     // kernel.cpp
//     NGV_SIMD_DECLARE(Kernel, kernel_table)                        // at the same namespace scope
//     const Kernel& kernel() { return NGV_SIMD_BEST(kernel_table); }
#pragma once

#include "solvers/common/native/simd.hpp"

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
#define NGV_SIMD_BEST(name)                                                           \
    (__builtin_cpu_supports("avx512dq")                                ? avx512::name \
     : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? avx2::name   \
                                                                       : portable::name)
#else
#define NGV_SIMD_DECLARE(Type, name) \
    namespace NGV_SIMD_SET {         \
    extern const Type name;          \
    }
#define NGV_SIMD_BEST(name) NGV_SIMD_SET::name
#endif
