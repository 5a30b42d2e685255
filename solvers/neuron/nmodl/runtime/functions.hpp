// Elementary functions under one name for a number and for eight: what generated code calls.
#pragma once

#include <cmath>

#include "solvers/common/native/vector_math.hpp"

namespace ngv::nmodl::runtime {

using simd::broadcast;
using simd::computed;
using simd::each;
using simd::fma;
using simd::fnma;
using simd::load;
using simd::M8;
using simd::passes;
using simd::select;
using simd::store;
using simd::V8;

#define NGV_BOTH(name, vector, scalar)                     \
    NGV_SIMD V8 name(V8 a) {                               \
        return vector;                                     \
    }                                                      \
    [[maybe_unused]] static inline double name(double a) { \
        return scalar;                                     \
    }

NGV_BOTH(f_log, simd::log(a), std::log(a))
NGV_BOTH(f_log10, simd::log10(a), std::log10(a))
NGV_BOTH(f_log1p, each([](double x) { return std::log1p(x); }, a), std::log1p(a))
NGV_BOTH(f_expm1, simd::expm1(a), std::expm1(a))
NGV_BOTH(f_sqrt, simd::sqrt(a), std::sqrt(a))
NGV_BOTH(f_fabs, simd::abs(a), std::fabs(a))
NGV_BOTH(f_sin, simd::sin(a), std::sin(a))
NGV_BOTH(f_cos, simd::cos(a), std::cos(a))
NGV_BOTH(f_tan, simd::tan(a), std::tan(a))
NGV_BOTH(f_asin, each([](double x) { return std::asin(x); }, a), std::asin(a))
NGV_BOTH(f_acos, each([](double x) { return std::acos(x); }, a), std::acos(a))
NGV_BOTH(f_atan, simd::atan(a), std::atan(a))
NGV_BOTH(f_sinh, simd::sinh(a), std::sinh(a))
NGV_BOTH(f_cosh, simd::cosh(a), std::cosh(a))
NGV_BOTH(f_tanh, simd::tanh(a), std::tanh(a))
NGV_BOTH(f_floor, simd::floor(a), std::floor(a))
NGV_BOTH(f_ceil, -simd::floor(-a), std::ceil(a))
NGV_BOTH(f_trunc, select(a < broadcast(0), -simd::floor(-a), simd::floor(a)), std::trunc(a))
#undef NGV_BOTH

/// NEURON's exp: 0 below -700, that of 700 above.
[[maybe_unused]] static inline double f_exp(double a) {
    return a < -700 ? 0 : std::exp(a > 700 ? 700 : a);
}
NGV_SIMD V8 f_exp(V8 a) {
#ifdef NGV_VECTOR_LIBM
    return each([](double x) { return f_exp(x); }, a);
#else
    return simd::exp(a);
#endif
}
NGV_SIMD V8 f_pow(V8 a, V8 b) {
    return simd::pow(a, b);
}
[[maybe_unused]] static inline double f_pow(double a, double b) {
    return std::pow(a, b);
}
NGV_SIMD V8 f_fmod(V8 a, V8 b) {
    return each([](double x, double y) { return std::fmod(x, y); }, a, b);
}
[[maybe_unused]] static inline double f_fmod(double a, double b) {
    return std::fmod(a, b);
}
NGV_SIMD V8 f_atan2(V8 a, V8 b) {
    return each([](double x, double y) { return std::atan2(x, y); }, a, b);
}
[[maybe_unused]] static inline double f_atan2(double a, double b) {
    return std::atan2(a, b);
}
NGV_SIMD V8 f_min(V8 a, V8 b) {
    return simd::min(a, b);
}
[[maybe_unused]] static inline double f_min(double a, double b) {
    return b < a ? b : a;
}
NGV_SIMD V8 f_max(V8 a, V8 b) {
    return simd::max(a, b);
}
[[maybe_unused]] static inline double f_max(double a, double b) {
    return a < b ? b : a;
}
[[maybe_unused]] static inline double fma(double a, double b, double c) {
    return a * b + c;
}
[[maybe_unused]] static inline double fnma(double a, double b, double c) {
    return c - a * b;
}
[[maybe_unused]] static inline double select(bool m, double a, double b) {
    return m ? a : b;
}
/// One condition for all: a branch, which is always predicted, and not eight choices.
NGV_SIMD V8 select(bool m, V8 a, V8 b) {
    if (m) {
        asm("");  // keeps gcc from making it a mask
        return a;
    }
    return b;
}
/// The step of a FROM loop, which counts upwards.
[[maybe_unused]] static inline int f_step(double a) {
    return a < 1 ? 1 : static_cast<int>(a);
}
/// A condition that holds for all lanes or none.
NGV_SIMD M8 everywhere(bool m) {
    return simd::mask(m ? 0xff : 0);
}
NGV_SIMD bool any(M8 m) {
    return simd::bits(m) != 0;
}
[[maybe_unused]] static inline bool any(bool m) {
    return m;
}

}  // namespace ngv::nmodl::runtime
