// Eight numbers at once, in SIMD registers: counters of Philox, comparisons, and lists of where something holds.
//
//     EightWords counters = ...;    auto bits = philox(c0, c1, c2, c3, key);     the same bits as one by one
//     num = append(list, num, first, below(u, p));        first + k for each u[k] < p[k]
//
// What compilers do not find by themselves is spelled out for AVX-512, and the multiplication for any x86: they take
// 64 x 64 bits, three times the work, for 32 x 32 -> 64. Files that include this are compiled with -Wno-psabi.
#pragma once

#include <iterator>

#include "solvers/rd/stochastic/philox.hpp"

#if defined(__SSE2__)
#include <immintrin.h>
#endif
#if defined(__AVX512F__) && defined(__AVX512VL__) && defined(__AVX512DQ__)
#define NGV_RD_AVX512
#endif

namespace ngv::rd {

typedef std::uint64_t EightWords __attribute__((vector_size(64)));
typedef std::int64_t EightCounts __attribute__((vector_size(64)));
typedef double EightReals __attribute__((vector_size(64)));
using EightBits = unsigned;  ///< bit k tells of number k

template <class Eight, class T>
Eight load(const T* from) {
    Eight to;
    __builtin_memcpy(&to, from, sizeof to);
    return to;
}

inline EightWords product(EightWords a, EightWords b) {
#if defined(NGV_RD_AVX512)
    return (EightWords)_mm512_maskz_mul_epu32(0xFF, (__m512i)a, (__m512i)b);
#elif defined(__SSE2__)
#if defined(__AVX2__)
    using Part = __m256i;
    const auto times = [](Part x, Part y) { return _mm256_mul_epu32(x, y); };
#else
    using Part = __m128i;
    const auto times = [](Part x, Part y) { return _mm_mul_epu32(x, y); };
#endif
    union Parts {
        EightWords whole;
        Part part[sizeof(EightWords) / sizeof(Part)];
    } x{a}, y{b};
    for (std::size_t k = 0; k < std::size(x.part); ++k) x.part[k] = times(x.part[k], y.part[k]);
    return x.whole;
#else
    return (a & 0xFFFFFFFFu) * (b & 0xFFFFFFFFu);
#endif
}

inline std::array<EightWords, 2> philox(EightWords c0, EightWords c1, EightWords c2, EightWords c3, Key key) {
    return philox_rounds(c0, c1, c2, c3, key, product);
}

/// to_unit() of each: 1.bits - 1, which is exact.
inline EightReals to_unit(EightWords bits) {
    return (EightReals)(bits >> 12 | 0x3FF0000000000000u) - (1.0 - 0x1p-53);
}

inline EightBits below(EightReals a, EightReals b) {
#if defined(NGV_RD_AVX512)
    return _mm512_cmp_pd_mask((__m512d)a, (__m512d)b, _CMP_LT_OQ);
#else
    EightBits bits = 0;
    for (int k = 0; k < 8; ++k) bits |= EightBits{a[k] < b[k]} << k;
    return bits;
#endif
}

inline EightBits below(std::int64_t a, EightCounts b) {
#if defined(NGV_RD_AVX512)
    return _mm512_cmpgt_epi64_mask((__m512i)b, _mm512_set1_epi64(a));
#else
    EightBits bits = 0;
    for (int k = 0; k < 8; ++k) bits |= EightBits{a < b[k]} << k;
    return bits;
#endif
}

/// counts[at[k]]
inline EightCounts gathered(const std::int64_t* counts, const std::int32_t* at) {
#if defined(NGV_RD_AVX512)
    const __m256i places = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
    return (EightCounts)_mm512_mask_i32gather_epi64(_mm512_setzero_si512(), 0xFF, places, counts, 8);
#else
    EightCounts of;
    for (int k = 0; k < 8; ++k) of[k] = counts[at[k]];
    return of;
#endif
}

/// Appends first + k for each bit k; the new size. The list has room for eight more.
inline std::int32_t append(std::int32_t* list, std::int32_t size, std::int32_t first, EightBits bits) {
#if defined(NGV_RD_AVX512)
    const __m256i numbers = _mm256_add_epi32(_mm256_set1_epi32(first), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(list + size),
                        _mm256_maskz_compress_epi32(static_cast<__mmask8>(bits), numbers));
    return size + __builtin_popcount(bits);
#else
    for (int k = 0; k < 8; ++k) {
        list[size] = first + k;
        size += bits >> k & 1;
    }
    return size;
#endif
}

/// The first n of eight.
inline EightBits first_of(std::int32_t n) {
    return n >= 8 ? 0xFFu : n <= 0 ? 0u : (1u << n) - 1u;
}

}  // namespace ngv::rd
