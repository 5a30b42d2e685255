// Elementary functions of eight doubles at once, without tables and branches.
//
//     V8 gate = broadcast(1) / (broadcast(1) + exp(-v));
//
// Errors are at most 2 ulp (tan, tanh: 2.5, sinh: 3), each lane with its own result whatever its neighbours, the same bits with
// any instruction set; zeros, infinities and NaN as C says. sin, cos and tan reduce |x| up to 1e5 here and call the C
// library for larger arguments; pow calls it for negative, zero, infinite and subnormal bases.
//
// With NGV_VECTOR_LIBM defined every function is the C library's, lane by lane: to compare with scalar references bit
// for bit.
//
// Reductions and the arrangement of log follow Cody & Waite (1980) Software Manual for the Elementary Functions and
// Muller (2016) Elementary Functions, 3rd ed.; polynomials are near-minimax (Chebyshev expansions computed with 60
// digits) on the reduced intervals.
#pragma once

#include <cmath>

#include "solvers/common/native/simd.hpp"

namespace ngv::simd {
inline namespace NGV_SIMD_SET {

#if defined(NGV_VECTOR_LIBM)

#define NGV_EACH(name)                                         \
    NGV_SIMD V8 name(V8 a) {                                   \
        return each([](double x) { return std::name(x); }, a); \
    }
NGV_EACH(exp)
NGV_EACH(expm1)
NGV_EACH(log)
NGV_EACH(log10)
NGV_EACH(sin)
NGV_EACH(cos)
NGV_EACH(tan)
NGV_EACH(atan)
NGV_EACH(tanh)
NGV_EACH(sinh)
NGV_EACH(cosh)
#undef NGV_EACH
NGV_SIMD V8 pow(V8 a, V8 b) {
    return each([](double x, double y) { return std::pow(x, y); }, a, b);
}

#else

namespace detail {

constexpr double inf = __builtin_inf();
constexpr double log2_e = 0x1.71547652b82fep+0, ln2_hi = 0x1.62e42fefa0000p-1, ln2_lo = 0x1.cf79abc9e3b3ap-40;

/// Coefficients from the highest power down.
template <class... C>
NGV_SIMD V8 horner(V8 x, double first, C... rest) {
    V8 p = broadcast(first);
    ((p = fma(p, x, broadcast(rest))), ...);
    return p;
}

/// e^r - 1 - r for |r| <= ln2/2.
NGV_SIMD V8 expm1_tail(V8 r) {
    const V8 r2 = r * r;
    // Even and odd powers side by side: half the latency of one chain.
    const V8 even = horner(r2, 0x1.28917ccaf39d3p-22, 0x1.a019b91463588p-16, 0x1.6c16c17889fd3p-10,
                           0x1.5555555553d68p-5, 0x1.0000000000001p-1);
    const V8 odd = horner(r2, 0x1.af389f20208c6p-26, 0x1.71de0db2d4e97p-19, 0x1.a01a01a7c2f89p-13, 0x1.11111111109b5p-7,
                          0x1.5555555555556p-3);
    return r2 * fma(odd, r, even);
}

/// x = n ln2 + r for |x| < 1000, n an integer: adding 1.5*2^52 rounds to one.
struct Reduced {
    V8 n, r;
};
NGV_SIMD Reduced reduce_exponent(V8 x) {
    const V8 magic = broadcast(0x1.8p52), n = fma(x, broadcast(log2_e), magic) - magic;
    return {n, fnma(n, broadcast(ln2_lo), fnma(n, broadcast(ln2_hi), x))};
}
/// Beyond these numbers e^x is 0 or infinite.
NGV_SIMD V8 in_exponent_range(V8 x) {
    return min(max(x, broadcast(-760)), broadcast(720));
}

/// e^x / 2
NGV_SIMD V8 half_exp(V8 x) {
    const auto [n, r] = reduce_exponent(in_exponent_range(x));
    return scale(broadcast(1) + (r + expm1_tail(r)), n - broadcast(1));
}
/// e^(x + x_lo)
NGV_SIMD V8 exp_of_pair(V8 x, V8 x_lo) {
    const auto [n, r] = reduce_exponent(in_exponent_range(x));
    const V8 sum = r + x_lo;
    return scale(broadcast(1) + (sum + expm1_tail(sum)), n);
}

/// x = 2^k m with m in [sqrt(1/2), sqrt(2)], for positive finite x.
struct Parts {
    V8 m, k;
};
NGV_SIMD Parts split(V8 x) {
    const M8 subnormal = x < broadcast(0x1p-1022);
    const I8 bits = to_bits(select(subnormal, x * broadcast(0x1p54), x));
    constexpr std::uint64_t root_half = 0x3fe6a09e667f3bcd, two_11 = std::uint64_t{2048} << 52;
    const I8 exponent = shift_right<52>(bits + all_bits(two_11 - root_half));  // k + 2048
    const V8 m = from_bits(bits - shift_left<52>(exponent) + all_bits(two_11));
    const V8 k = from_bits(exponent | all_bits(0x4330000000000000)) - broadcast(0x1p52 + 2048);
    return {m, select(subnormal, k - broadcast(54), k)};
}

/// ln x of positive finite x as hi + lo, to about 2^-65 of its size (near 1: of its distance from 1).
struct Pair {
    V8 hi, lo;
};
NGV_SIMD Pair log_pair(V8 x) {
    const auto [m, k] = split(x);
    // ln m = 2 artanh(s) = 2s (1 + z/3 + z^2 q(z)) with s = (m - 1)/(m + 1), z = s^2; s, z/3 and the product in pairs.
    const V8 f = m - broadcast(1), d = m + broadcast(1);
    const V8 d_lo = m - (d - broadcast(1));
    const V8 inverse = broadcast(1) / d;
    const V8 s = f * inverse;
    const V8 s_lo = inverse * fnma(s, d_lo, fnma(s, d, f));
    const V8 z = s * s, z_lo = fma(s, s, -z) + broadcast(2) * s * s_lo;
    constexpr double third = 0x1.5555555555555p-2, third_lo = 0x1.5555555555555p-56;
    const V8 u = z * broadcast(third);
    const V8 q = horner(z, 0x1.087809ab606bfp-4, 0x1.1018b8c6e2316p-4, 0x1.3b18b89d1c66cp-4, 0x1.745d09f18b693p-4,
                        0x1.c71c71d7e63bcp-4, 0x1.249249248e539p-3, 0x1.999999999999ep-3);
    const V8 u_lo = fma(z, broadcast(third), -u) + fma(z, broadcast(third_lo), fma(z_lo, broadcast(third), z * z * q));
    const V8 v = broadcast(1) + u, v_lo = (broadcast(1) - v) + u + u_lo;
    const V8 s2 = broadcast(2) * s;
    const V8 t = s2 * v, t_lo = fma(s2, v, -t) + fma(s2, v_lo, broadcast(2) * s_lo * v);
    // k ln2 is exact in its first part; it is 0 or larger than t.
    const V8 big = k * broadcast(ln2_hi);
    const V8 hi = big + t;
    const V8 lo = (big - hi) + t + fma(k, broadcast(ln2_lo), t_lo);
    const V8 sum = hi + lo;
    return {sum, (hi - sum) + lo};
}

/// log-like functions outside of the positive finite numbers.
NGV_SIMD V8 log_special(V8 x, V8 value) {
    value = select(x == broadcast(inf), x, value);
    value = select(x < broadcast(0), broadcast(__builtin_nan("")), value);
    value = select(x == broadcast(0), broadcast(-inf), value);
    return select(x == x, value, x);
}

/// Lanes of `where` get f of the C library.
template <class F>
[[gnu::noinline]] inline void replace(F f, double* result, const double* x, const double* y, unsigned where) {
    for (int i = 0; i < computed; ++i)
        if (where >> i & 1) result[i] = f(x[i], y[i]);
}
template <class F>
NGV_SIMD V8 or_library(F f, V8 result, V8 x, V8 y, M8 where) {
    if (bits(where) == 0) [[likely]]
        return result;
    alignas(64) double r[width], a[width], b[width];
    store(r, result);
    store(a, x);
    store(b, y);
    replace(f, r, a, b, bits(where));
    return load(r);
}

/// sine and cosine of hi + lo, |hi| <= pi/4.
NGV_SIMD V8 sin_reduced(V8 hi, V8 lo) {
    const V8 z = hi * hi;
    const V8 p = horner(z, 0x1.5e0af186af739p-33, -0x1.ae600a926c89ap-26, 0x1.71de37961e4c6p-19, -0x1.a01a019e8357dp-13,
                        0x1.1111111110bb1p-7, -0x1.5555555555555p-3);
    return fma(hi * z, p, fma(fnma(z, broadcast(0.5), broadcast(1)), lo, broadcast(0))) + hi;
}
NGV_SIMD V8 cos_reduced(V8 hi, V8 lo) {
    const V8 z = hi * hi;
    const V8 p = horner(z, -0x1.907d7aebd5e3dp-37, 0x1.1eeb68b109173p-29, -0x1.27e4fa17a41b4p-22, 0x1.a01a019f4e867p-16,
                        -0x1.6c16c16c16966p-10, 0x1.5555555555555p-5);
    const V8 half = z * broadcast(0.5), w = broadcast(1) - half;
    return w + (((broadcast(1) - w) - half) + fma(z * z, p, -(hi * lo)));
}

/// x = n pi/2 + hi + lo for |x| <= 1e5; quadrant: n mod 4 in the low bits.
struct Angle {
    V8 hi, lo;
    I8 n;
};
constexpr double largest_angle = 1e5;
NGV_SIMD Angle reduce_angle(V8 x) {
    const V8 n = nearest(x * broadcast(0x1.45f306dc9c883p-1));
    const V8 r = fnma(n, broadcast(0x1.921fb54442d18p+0), x);  // exact
    const V8 hi = fnma(n, broadcast(0x1.1a62633145c07p-54), r);
    const V8 lo = fma(n, broadcast(0x1.f1976b7ed8fbcp-110), fnma(n, broadcast(0x1.1a62633145c07p-54), r - hi));
    return {hi, lo, to_bits(n + broadcast(0x1.8p52))};
}
NGV_SIMD M8 has_bit(I8 n, std::uint64_t bit) {
    return from_bits((n & all_bits(bit)) | all_bits(0x3ff0000000000000)) != broadcast(1);
}

}  // namespace detail

NGV_SIMD V8 exp(V8 x) {
    const auto [n, r] = detail::reduce_exponent(detail::in_exponent_range(x));
    return scale(broadcast(1) + (r + detail::expm1_tail(r)), n);
}

NGV_SIMD V8 expm1(V8 x) {
    using namespace detail;
    const V8 y = min(max(x, broadcast(-40)), broadcast(709.9));
    const V8 n = nearest(y * broadcast(log2_e));
    const V8 r_hi = fnma(n, broadcast(ln2_hi), y), r = fnma(n, broadcast(ln2_lo), r_hi);
    const V8 r_lo = fnma(n, broadcast(ln2_lo), r_hi - r);
    const V8 q = expm1_tail(r), e = r + q, e_lo = (r - e) + q + r_lo;
    // 2^n (1 + e) - 1, halved because 2^n overflows before the result does.
    const V8 power = scale(broadcast(1), n - broadcast(1));
    const V8 sum = fma(power, e, power - broadcast(0.5));
    const V8 value = broadcast(2) * fma(power, e_lo, sum);
    const V8 small = select(abs(x) < broadcast(0x1p-54), x, value);
    return select(x == broadcast(inf), x, small);
}

NGV_SIMD V8 log(V8 x) {
    using namespace detail;
    const auto [m, k] = split(x);
    const V8 f = m - broadcast(1), s = f / (broadcast(2) + f), z = s * s;
    const V8 r = z * horner(z, 0x1.0c03c21990970p-3, 0x1.0fbe923977153p-3, 0x1.3b1c357d1f9dfp-3, 0x1.745cf903eb2c6p-3,
                            0x1.c71c72015a9d3p-3, 0x1.2492492476cbep-2, 0x1.9999999999a38p-2, 0x1.5555555555555p-1);
    const V8 half = broadcast(0.5) * f * f;
    const V8 small = half - fma(s, half + r, k * broadcast(ln2_lo));
    return log_special(x, fma(k, broadcast(ln2_hi), f - small));
}

NGV_SIMD V8 log10(V8 x) {
    using namespace detail;
    const auto [hi, lo] = log_pair(x);
    constexpr double c = 0x1.bcb7b1526e50ep-2, c_lo = 0x1.95355baaafad3p-57;  // 1/ln 10
    const V8 t = hi * broadcast(c);
    const V8 t_lo = fma(hi, broadcast(c), -t) + fma(hi, broadcast(c_lo), lo * broadcast(c));
    return log_special(x, t + t_lo);
}

NGV_SIMD V8 pow(V8 x, V8 y) {
    using namespace detail;
    const M8 usual = (broadcast(0x1p-1022) <= x) & (x < broadcast(inf)) & (abs(y) < broadcast(inf));
    const auto [hi, lo] = log_pair(select(usual, x, broadcast(1)));
    const V8 t = y * hi;
    const V8 t_lo = select(abs(t) < broadcast(800), fma(y, hi, -t) + y * lo, broadcast(0));
    return or_library([](double a, double b) { return std::pow(a, b); }, exp_of_pair(t, t_lo), x, y, !usual);
}

NGV_SIMD V8 sin(V8 x) {
    using namespace detail;
    const auto [hi, lo, n] = reduce_angle(x);
    const V8 value = select(has_bit(n, 1), cos_reduced(hi, lo), sin_reduced(hi, lo));
    const V8 result = select(has_bit(n, 2), -value, value);
    return or_library([](double a, double) { return std::sin(a); }, select(x == broadcast(0), x, result), x, x,
                      !(abs(x) <= broadcast(largest_angle)));
}

NGV_SIMD V8 cos(V8 x) {
    using namespace detail;
    const auto [hi, lo, n] = reduce_angle(x);
    const V8 value = select(has_bit(n, 1), sin_reduced(hi, lo), cos_reduced(hi, lo));
    const V8 result = select(has_bit(n + all_bits(1), 2), -value, value);
    return or_library([](double a, double) { return std::cos(a); }, result, x, x,
                      !(abs(x) <= broadcast(largest_angle)));
}

NGV_SIMD V8 tan(V8 x) {
    using namespace detail;
    const auto [hi, lo, n] = reduce_angle(x);
    const V8 s = sin_reduced(hi, lo), c = cos_reduced(hi, lo);
    const M8 odd = has_bit(n, 1);
    const V8 result = select(odd, -c, s) / select(odd, s, c);
    return or_library([](double a, double) { return std::tan(a); }, select(x == broadcast(0), x, result), x, x,
                      !(abs(x) <= broadcast(largest_angle)));
}

NGV_SIMD V8 atan(V8 x) {
    using namespace detail;
    // atan a = base + atan t, |t| <= tan(pi/8): t = a, (a - 1)/(a + 1), -1/a.
    const V8 a = abs(x);
    const M8 middle = broadcast(0x1.a827999fcef32p-2) < a, large = broadcast(0x1.3504f333f9de6p+1) < a;
    const V8 above = select(large, broadcast(-1), a - broadcast(1)), below = select(large, a, a + broadcast(1));
    const V8 t = select(middle, above / below, a);
    constexpr double half_pi = 0x1.921fb54442d18p+0, half_pi_lo = 0x1.1a62633145c07p-54;
    const V8 part = select(large, broadcast(1), select(middle, broadcast(0.5), broadcast(0)));
    const V8 z = t * t;
    const V8 p = horner(z, -0x1.3a2b799710c6ep-6, 0x1.41603619c0841p-5, -0x1.a098bb5bb57e0p-5, 0x1.dfe61e7d84aa9p-5,
                        -0x1.10fa7537f8582p-4, 0x1.3b1262d9524a4p-4, -0x1.745d0b26b81b5p-4, 0x1.c71c7185314bep-4,
                        -0x1.24924924360cap-3, 0x1.999999999934ap-3, -0x1.5555555555555p-2);
    const V8 tail = fma(t * z, p, part * broadcast(half_pi_lo));
    return copysign(fma(part, broadcast(half_pi), t + tail), x);
}

NGV_SIMD V8 tanh(V8 x) {
    const V8 a = abs(x);
    const V8 e = expm1(min(a + a, broadcast(80)));
    const V8 value = select(broadcast(22) < a, broadcast(1), e / (e + broadcast(2)));
    return select(x == x, copysign(value, x), x);
}

NGV_SIMD V8 sinh(V8 x) {
    const V8 a = abs(x);
    const V8 e = expm1(min(a, broadcast(1))), half = detail::half_exp(a);
    const V8 small = broadcast(0.5) * (e + e / (e + broadcast(1))), large = half - broadcast(0.25) / half;
    const V8 value = select(a < broadcast(1), small, large);
    return copysign(select(a < broadcast(0x1p-28), a, value), x);
}

NGV_SIMD V8 cosh(V8 x) {
    const V8 half = detail::half_exp(abs(x));
    return half + broadcast(0.25) / half;
}

#endif

/// n! of the nearest integer; infinite above 170, NaN below 0.
NGV_SIMD V8 factorial(V8 n) {
    n = nearest(n);
    V8 product = broadcast(1);
    for (int k = 2; k <= 171; ++k) product = select(broadcast(k) <= n, product * broadcast(k), product);
    return select(broadcast(0) <= n, product, broadcast(__builtin_nan("")));
}

}  // namespace NGV_SIMD_SET
}  // namespace ngv::simd
