// Eight doubles side by side: the unit of all batched arithmetic, of what is compiled ahead and of generated code.
//
//     using namespace ngv::simd;
//     V8 x = load(p), y = fma(x, x, broadcast(1));        // x*x + 1, rounded once
//     store(p, select(y < x, x, y));
//
// A V8 is one AVX-512 register, two of AVX2, or eight doubles where neither is there; in memory always eight doubles,
// 64-byte aligned where one is loaded or stored. Each operation is the IEEE one of each lane, and a fused multiply-add
// is one only where fma() or fnma() is written (compile with -ffp-contract=off): results are the same bits with any
// instruction set.
//
// The instruction set is that of the translation unit; the inline namespace keeps units of different sets apart.
// Comparisons follow IEEE (false with NaN). min(a, b) is b < a ? b : a, max(a, b) is a < b ? b : a: NaN stays if it
// stands first.
#pragma once

#include <cstdint>

#if defined(NGV_VECTOR_LIBM)
#define NGV_SIMD_SUFFIX(name) name##_libm
#else
#define NGV_SIMD_SUFFIX(name) name
#endif

// Every function is inlined: how gcc 4.6 passed such arguments does not matter.
#pragma GCC diagnostic ignored "-Wpsabi"
#define NGV_SIMD [[gnu::always_inline]] static inline

#if defined(NGV_SIMD_SCALAR)
#define NGV_SIMD_SET NGV_SIMD_SUFFIX(scalar)
#include "solvers/common/native/simd_portable.hpp"
#elif defined(__AVX512F__) && defined(__AVX512DQ__)
#define NGV_SIMD_SET NGV_SIMD_SUFFIX(avx512)
#include "solvers/common/native/simd_avx512.hpp"
#elif defined(__AVX2__) && defined(__FMA__) && defined(NGV_SIMD_HALF)
#define NGV_SIMD_SET NGV_SIMD_SUFFIX(avx2_half)
#include "solvers/common/native/simd_avx2_half.hpp"
#elif defined(__AVX2__) && defined(__FMA__)
#define NGV_SIMD_SET NGV_SIMD_SUFFIX(avx2)
#include "solvers/common/native/simd_avx2.hpp"
#else
#define NGV_SIMD_SET NGV_SIMD_SUFFIX(portable)
#include "solvers/common/native/simd_portable.hpp"
#endif

namespace ngv::simd {
inline namespace NGV_SIMD_SET {

inline constexpr int width = 8;
/// How many of them are computed at once: 8; 1 with NGV_SIMD_SCALAR; 4 of AVX2 with NGV_SIMD_HALF.
inline constexpr int computed = sizeof(V8) / sizeof(double);
/// How often code for `computed` lanes is run, each time for lanes that begin `computed` further on.
inline constexpr int passes = computed == 4 ? 2 : 1;

NGV_SIMD V8& operator+=(V8& a, V8 b) {
    return a = a + b;
}
NGV_SIMD V8& operator-=(V8& a, V8 b) {
    return a = a - b;
}
NGV_SIMD V8& operator*=(V8& a, V8 b) {
    return a = a * b;
}
NGV_SIMD V8& operator/=(V8& a, V8 b) {
    return a = a / b;
}
NGV_SIMD M8 operator>(V8 a, V8 b) {
    return b < a;
}
NGV_SIMD M8 operator>=(V8 a, V8 b) {
    return b <= a;
}
NGV_SIMD M8 operator!=(V8 a, V8 b) {
    return !(a == b);
}
/// True where a number is not 0 (and for NaN): how a number is read as a condition.
NGV_SIMD M8 truth(V8 a) {
    return a != broadcast(0);
}
/// 1 where true, 0 where false: how a condition is written as a number.
NGV_SIMD V8 number(M8 m) {
    return select(m, broadcast(1), broadcast(0));
}
/// Applies a function of double to each lane.
template <class F>
NGV_SIMD V8 each(F f, V8 a) {
    alignas(64) double x[width];
    store(x, a);
    for (int i = 0; i < computed; ++i) x[i] = f(x[i]);
    return load(x);
}
template <class F>
NGV_SIMD V8 each(F f, V8 a, V8 b) {
    alignas(64) double x[width], y[width];
    store(x, a);
    store(y, b);
    for (int i = 0; i < computed; ++i) x[i] = f(x[i], y[i]);
    return load(x);
}

}  // namespace NGV_SIMD_SET
}  // namespace ngv::simd
