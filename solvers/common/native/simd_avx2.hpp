// V8 as two AVX2 registers. Included by simd.hpp alone.
#pragma once

#include <immintrin.h>

namespace ngv::simd {
inline namespace NGV_SIMD_SET {

struct alignas(64) V8 {
    __m256d lo, hi;
};
struct I8 {
    __m256i lo, hi;
};
struct M8 {
    __m256d lo, hi;
};

NGV_SIMD V8 load(const double* p) {
    return {_mm256_load_pd(p), _mm256_load_pd(p + 4)};
}
NGV_SIMD V8 load_unaligned(const double* p) {
    return {_mm256_loadu_pd(p), _mm256_loadu_pd(p + 4)};
}
NGV_SIMD void store(double* p, V8 a) {
    _mm256_store_pd(p, a.lo);
    _mm256_store_pd(p + 4, a.hi);
}
NGV_SIMD void store_unaligned(double* p, V8 a) {
    _mm256_storeu_pd(p, a.lo);
    _mm256_storeu_pd(p + 4, a.hi);
}
NGV_SIMD V8 broadcast(double x) {
    return {_mm256_set1_pd(x), _mm256_set1_pd(x)};
}
NGV_SIMD V8 gather(const double* base, const std::int32_t* index) {
    return {_mm256_i32gather_pd(base, _mm_loadu_si128(reinterpret_cast<const __m128i*>(index)), 8),
            _mm256_i32gather_pd(base, _mm_loadu_si128(reinterpret_cast<const __m128i*>(index + 4)), 8)};
}
NGV_SIMD void scatter(double* base, const std::int32_t* index, V8 a) {
    alignas(64) double x[8];
    store(x, a);
    for (int i = 0; i < 8; ++i) base[index[i]] = x[i];
}
NGV_SIMD V8 operator+(V8 a, V8 b) {
    return {_mm256_add_pd(a.lo, b.lo), _mm256_add_pd(a.hi, b.hi)};
}
NGV_SIMD V8 operator-(V8 a, V8 b) {
    return {_mm256_sub_pd(a.lo, b.lo), _mm256_sub_pd(a.hi, b.hi)};
}
NGV_SIMD V8 operator*(V8 a, V8 b) {
    return {_mm256_mul_pd(a.lo, b.lo), _mm256_mul_pd(a.hi, b.hi)};
}
NGV_SIMD V8 operator/(V8 a, V8 b) {
    return {_mm256_div_pd(a.lo, b.lo), _mm256_div_pd(a.hi, b.hi)};
}
NGV_SIMD V8 operator-(V8 a) {
    return {_mm256_xor_pd(a.lo, _mm256_set1_pd(-0.0)), _mm256_xor_pd(a.hi, _mm256_set1_pd(-0.0))};
}
NGV_SIMD V8 fma(V8 a, V8 b, V8 c) {
    return {_mm256_fmadd_pd(a.lo, b.lo, c.lo), _mm256_fmadd_pd(a.hi, b.hi, c.hi)};
}
NGV_SIMD V8 fnma(V8 a, V8 b, V8 c) {
    return {_mm256_fnmadd_pd(a.lo, b.lo, c.lo), _mm256_fnmadd_pd(a.hi, b.hi, c.hi)};
}
NGV_SIMD V8 sqrt(V8 a) {
    return {_mm256_sqrt_pd(a.lo), _mm256_sqrt_pd(a.hi)};
}
NGV_SIMD V8 floor(V8 a) {
    return {_mm256_floor_pd(a.lo), _mm256_floor_pd(a.hi)};
}
NGV_SIMD V8 nearest(V8 a) {
    return {_mm256_round_pd(a.lo, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC),
            _mm256_round_pd(a.hi, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)};
}
NGV_SIMD V8 abs(V8 a) {
    return {_mm256_andnot_pd(_mm256_set1_pd(-0.0), a.lo), _mm256_andnot_pd(_mm256_set1_pd(-0.0), a.hi)};
}
NGV_SIMD V8 copysign(V8 size, V8 sign) {
    const __m256d bit = _mm256_set1_pd(-0.0);
    return {_mm256_or_pd(_mm256_andnot_pd(bit, size.lo), _mm256_and_pd(bit, sign.lo)),
            _mm256_or_pd(_mm256_andnot_pd(bit, size.hi), _mm256_and_pd(bit, sign.hi))};
}
NGV_SIMD V8 min(V8 a, V8 b) {
    return {_mm256_min_pd(b.lo, a.lo), _mm256_min_pd(b.hi, a.hi)};
}
NGV_SIMD V8 max(V8 a, V8 b) {
    return {_mm256_max_pd(b.lo, a.lo), _mm256_max_pd(b.hi, a.hi)};
}
NGV_SIMD M8 operator<(V8 a, V8 b) {
    return {_mm256_cmp_pd(a.lo, b.lo, _CMP_LT_OQ), _mm256_cmp_pd(a.hi, b.hi, _CMP_LT_OQ)};
}
NGV_SIMD M8 operator<=(V8 a, V8 b) {
    return {_mm256_cmp_pd(a.lo, b.lo, _CMP_LE_OQ), _mm256_cmp_pd(a.hi, b.hi, _CMP_LE_OQ)};
}
NGV_SIMD M8 operator==(V8 a, V8 b) {
    return {_mm256_cmp_pd(a.lo, b.lo, _CMP_EQ_OQ), _mm256_cmp_pd(a.hi, b.hi, _CMP_EQ_OQ)};
}
NGV_SIMD M8 operator&(M8 a, M8 b) {
    return {_mm256_and_pd(a.lo, b.lo), _mm256_and_pd(a.hi, b.hi)};
}
NGV_SIMD M8 operator|(M8 a, M8 b) {
    return {_mm256_or_pd(a.lo, b.lo), _mm256_or_pd(a.hi, b.hi)};
}
NGV_SIMD M8 operator!(M8 a) {
    const __m256d ones = _mm256_castsi256_pd(_mm256_set1_epi64x(-1));
    return {_mm256_xor_pd(a.lo, ones), _mm256_xor_pd(a.hi, ones)};
}
NGV_SIMD unsigned bits(M8 a) {
    return static_cast<unsigned>(_mm256_movemask_pd(a.lo)) | static_cast<unsigned>(_mm256_movemask_pd(a.hi)) << 4;
}
NGV_SIMD M8 mask(unsigned bits) {
    const __m256i lane = _mm256_set_epi64x(8, 4, 2, 1), x = _mm256_set1_epi64x(bits);
    return {_mm256_castsi256_pd(_mm256_cmpeq_epi64(_mm256_and_si256(x, lane), lane)),
            _mm256_castsi256_pd(_mm256_cmpeq_epi64(_mm256_and_si256(_mm256_srli_epi64(x, 4), lane), lane))};
}
NGV_SIMD V8 select(M8 m, V8 if_true, V8 if_false) {
    return {_mm256_blendv_pd(if_false.lo, if_true.lo, m.lo), _mm256_blendv_pd(if_false.hi, if_true.hi, m.hi)};
}
NGV_SIMD void store(double* p, V8 a, M8 m) {
    _mm256_maskstore_pd(p, _mm256_castpd_si256(m.lo), a.lo);
    _mm256_maskstore_pd(p + 4, _mm256_castpd_si256(m.hi), a.hi);
}

NGV_SIMD I8 to_bits(V8 a) {
    return {_mm256_castpd_si256(a.lo), _mm256_castpd_si256(a.hi)};
}
NGV_SIMD V8 from_bits(I8 a) {
    return {_mm256_castsi256_pd(a.lo), _mm256_castsi256_pd(a.hi)};
}
NGV_SIMD I8 all_bits(std::uint64_t x) {
    return {_mm256_set1_epi64x(static_cast<long long>(x)), _mm256_set1_epi64x(static_cast<long long>(x))};
}
NGV_SIMD I8 operator+(I8 a, I8 b) {
    return {_mm256_add_epi64(a.lo, b.lo), _mm256_add_epi64(a.hi, b.hi)};
}
NGV_SIMD I8 operator-(I8 a, I8 b) {
    return {_mm256_sub_epi64(a.lo, b.lo), _mm256_sub_epi64(a.hi, b.hi)};
}
NGV_SIMD I8 operator&(I8 a, I8 b) {
    return {_mm256_and_si256(a.lo, b.lo), _mm256_and_si256(a.hi, b.hi)};
}
NGV_SIMD I8 operator|(I8 a, I8 b) {
    return {_mm256_or_si256(a.lo, b.lo), _mm256_or_si256(a.hi, b.hi)};
}
NGV_SIMD I8 operator^(I8 a, I8 b) {
    return {_mm256_xor_si256(a.lo, b.lo), _mm256_xor_si256(a.hi, b.hi)};
}
template <int count>
NGV_SIMD I8 shift_left(I8 a) {
    return {_mm256_slli_epi64(a.lo, count), _mm256_slli_epi64(a.hi, count)};
}
template <int count>
NGV_SIMD I8 shift_right(I8 a) {
    return {_mm256_srli_epi64(a.lo, count), _mm256_srli_epi64(a.hi, count)};
}
/// In two halves: p*2^(n/2) is exact, so that the result is rounded once, as with AVX-512.
NGV_SIMD V8 scale(V8 p, V8 n) {
    // The low bits of n + 1.5*2^52 are those of n; with both biases they are positive.
    const I8 biased = to_bits(n + broadcast(0x1.8p52)) + all_bits(2046), half = shift_right<1>(biased);
    return p * from_bits(shift_left<52>(half)) * from_bits(shift_left<52>(biased - half));
}

}  // namespace NGV_SIMD_SET
}  // namespace ngv::simd
