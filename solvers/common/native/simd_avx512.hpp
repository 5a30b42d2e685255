// V8 as one AVX-512 register (needs F and DQ). Included by simd.hpp alone.
#pragma once

#include <immintrin.h>

namespace ngv::simd {
inline namespace NGV_SIMD_SET {

struct alignas(64) V8 {
    __m512d v;
};
struct I8 {
    __m512i v;
};
struct M8 {
    __mmask8 m;
};
/// All lanes: the unmasked forms of some intrinsics make gcc 12 warn of an uninitialised variable of its own.
inline constexpr __mmask8 every = 0xff;

NGV_SIMD V8 load(const double* p) {
    return {_mm512_load_pd(p)};
}
NGV_SIMD V8 load_unaligned(const double* p) {
    return {_mm512_loadu_pd(p)};
}
NGV_SIMD void store(double* p, V8 a) {
    _mm512_store_pd(p, a.v);
}
NGV_SIMD void store_unaligned(double* p, V8 a) {
    _mm512_storeu_pd(p, a.v);
}
NGV_SIMD V8 broadcast(double x) {
    return {_mm512_set1_pd(x)};
}
/// base[index[lane]]
NGV_SIMD V8 gather(const double* base, const std::int32_t* index) {
    return {_mm512_mask_i32gather_pd(_mm512_setzero_pd(), every,
                                     _mm256_loadu_si256(reinterpret_cast<const __m256i*>(index)), base, 8)};
}
/// base[index[lane]] = a[lane], in the order of lanes.
NGV_SIMD void scatter(double* base, const std::int32_t* index, V8 a) {
    _mm512_i32scatter_pd(base, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(index)), a.v, 8);
}
NGV_SIMD V8 operator+(V8 a, V8 b) {
    return {_mm512_add_pd(a.v, b.v)};
}
NGV_SIMD V8 operator-(V8 a, V8 b) {
    return {_mm512_sub_pd(a.v, b.v)};
}
NGV_SIMD V8 operator*(V8 a, V8 b) {
    return {_mm512_mul_pd(a.v, b.v)};
}
NGV_SIMD V8 operator/(V8 a, V8 b) {
    return {_mm512_div_pd(a.v, b.v)};
}
NGV_SIMD V8 operator-(V8 a) {
    return {_mm512_xor_pd(a.v, _mm512_set1_pd(-0.0))};
}
/// a*b + c and c - a*b, rounded once.
NGV_SIMD V8 fma(V8 a, V8 b, V8 c) {
    return {_mm512_fmadd_pd(a.v, b.v, c.v)};
}
NGV_SIMD V8 fnma(V8 a, V8 b, V8 c) {
    return {_mm512_fnmadd_pd(a.v, b.v, c.v)};
}
NGV_SIMD V8 sqrt(V8 a) {
    return {_mm512_maskz_sqrt_pd(every, a.v)};
}
NGV_SIMD V8 floor(V8 a) {
    return {_mm512_maskz_roundscale_pd(every, a.v, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC)};
}
/// Nearest integer, ties to even.
NGV_SIMD V8 nearest(V8 a) {
    return {_mm512_maskz_roundscale_pd(every, a.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)};
}
NGV_SIMD V8 abs(V8 a) {
    return {_mm512_andnot_pd(_mm512_set1_pd(-0.0), a.v)};
}
NGV_SIMD V8 copysign(V8 size, V8 sign) {
    const __m512d bit = _mm512_set1_pd(-0.0);
    return {_mm512_or_pd(_mm512_andnot_pd(bit, size.v), _mm512_and_pd(bit, sign.v))};
}
NGV_SIMD V8 min(V8 a, V8 b) {
    return {_mm512_maskz_min_pd(every, b.v, a.v)};
}
NGV_SIMD V8 max(V8 a, V8 b) {
    return {_mm512_maskz_max_pd(every, b.v, a.v)};
}
/// p * 2^n, rounded once; n is an integer of magnitude below 2000.
NGV_SIMD V8 scale(V8 p, V8 n) {
    return {_mm512_maskz_scalef_pd(every, p.v, n.v)};
}
NGV_SIMD M8 operator<(V8 a, V8 b) {
    return {_mm512_cmp_pd_mask(a.v, b.v, _CMP_LT_OQ)};
}
NGV_SIMD M8 operator<=(V8 a, V8 b) {
    return {_mm512_cmp_pd_mask(a.v, b.v, _CMP_LE_OQ)};
}
NGV_SIMD M8 operator==(V8 a, V8 b) {
    return {_mm512_cmp_pd_mask(a.v, b.v, _CMP_EQ_OQ)};
}
NGV_SIMD M8 operator&(M8 a, M8 b) {
    return {static_cast<__mmask8>(a.m & b.m)};
}
NGV_SIMD M8 operator|(M8 a, M8 b) {
    return {static_cast<__mmask8>(a.m | b.m)};
}
NGV_SIMD M8 operator!(M8 a) {
    return {static_cast<__mmask8>(~a.m)};
}
/// Lane i as bit i.
NGV_SIMD unsigned bits(M8 a) {
    return a.m;
}
NGV_SIMD M8 mask(unsigned bits) {
    return {static_cast<__mmask8>(bits)};
}
NGV_SIMD V8 select(M8 m, V8 if_true, V8 if_false) {
    return {_mm512_mask_blend_pd(m.m, if_false.v, if_true.v)};
}
/// The lanes of `m` go to memory, the others stay as they are.
NGV_SIMD void store(double* p, V8 a, M8 m) {
    _mm512_mask_store_pd(p, m.m, a.v);
}

NGV_SIMD I8 to_bits(V8 a) {
    return {_mm512_castpd_si512(a.v)};
}
NGV_SIMD V8 from_bits(I8 a) {
    return {_mm512_castsi512_pd(a.v)};
}
NGV_SIMD I8 all_bits(std::uint64_t x) {
    return {_mm512_set1_epi64(static_cast<long long>(x))};
}
NGV_SIMD I8 operator+(I8 a, I8 b) {
    return {_mm512_add_epi64(a.v, b.v)};
}
NGV_SIMD I8 operator-(I8 a, I8 b) {
    return {_mm512_sub_epi64(a.v, b.v)};
}
NGV_SIMD I8 operator&(I8 a, I8 b) {
    return {_mm512_and_si512(a.v, b.v)};
}
NGV_SIMD I8 operator|(I8 a, I8 b) {
    return {_mm512_or_si512(a.v, b.v)};
}
NGV_SIMD I8 operator^(I8 a, I8 b) {
    return {_mm512_xor_si512(a.v, b.v)};
}
template <int count>
NGV_SIMD I8 shift_left(I8 a) {
    return {_mm512_maskz_slli_epi64(every, a.v, count)};
}
template <int count>
NGV_SIMD I8 shift_right(I8 a) {
    return {_mm512_maskz_srli_epi64(every, a.v, count)};
}

}  // namespace NGV_SIMD_SET
}  // namespace ngv::simd
