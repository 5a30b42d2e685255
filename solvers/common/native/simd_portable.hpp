// V8 as eight doubles, for machines without AVX2; with NGV_SIMD_SCALAR, the first of them alone: the same generated code
// for one cell (loads and stores then move one number; what the other lanes hold in memory stays). Included by simd.hpp.
#pragma once

#include <bit>
#include <cmath>

namespace ngv::simd {
inline namespace NGV_SIMD_SET {

#if defined(NGV_SIMD_SCALAR)
inline constexpr int lanes = 1;
#else
inline constexpr int lanes = 8;
#endif

struct V8 {
    double v[lanes];
};
struct I8 {
    std::uint64_t v[lanes];
};
struct M8 {
    bool m[lanes];
};

NGV_SIMD V8 load(const double* p) {
    V8 r;
    for (int i = 0; i < lanes; ++i) r.v[i] = p[i];
    return r;
}
NGV_SIMD V8 load_unaligned(const double* p) {
    V8 r;
    for (int i = 0; i < lanes; ++i) r.v[i] = p[i];
    return r;
}
NGV_SIMD void store(double* p, V8 a) {
    for (int i = 0; i < lanes; ++i) p[i] = a.v[i];
}
NGV_SIMD void store_unaligned(double* p, V8 a) {
    store(p, a);
}
NGV_SIMD V8 broadcast(double x) {
    V8 r;
    for (int i = 0; i < lanes; ++i) r.v[i] = x;
    return r;
}
NGV_SIMD V8 gather(const double* base, const std::int32_t* index) {
    V8 r;
    for (int i = 0; i < lanes; ++i) r.v[i] = base[index[i]];
    return r;
}
NGV_SIMD void scatter(double* base, const std::int32_t* index, V8 a) {
    for (int i = 0; i < lanes; ++i) base[index[i]] = a.v[i];
}
NGV_SIMD V8 operator+(V8 a, V8 b) {
    V8 r;
    for (int i = 0; i < lanes; ++i) r.v[i] = a.v[i] + b.v[i];
    return r;
}
NGV_SIMD V8 operator-(V8 a, V8 b) {
    V8 r;
    for (int i = 0; i < lanes; ++i) r.v[i] = a.v[i] - b.v[i];
    return r;
}
NGV_SIMD V8 operator*(V8 a, V8 b) {
    V8 r;
    for (int i = 0; i < lanes; ++i) r.v[i] = a.v[i] * b.v[i];
    return r;
}
NGV_SIMD V8 operator/(V8 a, V8 b) {
    V8 r;
    for (int i = 0; i < lanes; ++i) r.v[i] = a.v[i] / b.v[i];
    return r;
}
NGV_SIMD V8 operator-(V8 a) {
    V8 r;
    for (int i = 0; i < lanes; ++i) r.v[i] = -a.v[i];
    return r;
}
NGV_SIMD V8 fma(V8 a, V8 b, V8 c) {
    V8 r;
    for (int i = 0; i < lanes; ++i) r.v[i] = std::fma(a.v[i], b.v[i], c.v[i]);
    return r;
}
NGV_SIMD V8 fnma(V8 a, V8 b, V8 c) {
    V8 r;
    for (int i = 0; i < lanes; ++i) r.v[i] = std::fma(-a.v[i], b.v[i], c.v[i]);
    return r;
}
NGV_SIMD V8 sqrt(V8 a) {
    V8 r;
    for (int i = 0; i < lanes; ++i) r.v[i] = std::sqrt(a.v[i]);
    return r;
}
NGV_SIMD V8 floor(V8 a) {
    V8 r;
    for (int i = 0; i < lanes; ++i) r.v[i] = std::floor(a.v[i]);
    return r;
}
NGV_SIMD V8 nearest(V8 a) {
    V8 r;
    for (int i = 0; i < lanes; ++i) r.v[i] = std::nearbyint(a.v[i]);
    return r;
}
NGV_SIMD V8 abs(V8 a) {
    V8 r;
    for (int i = 0; i < lanes; ++i) r.v[i] = std::fabs(a.v[i]);
    return r;
}
NGV_SIMD V8 copysign(V8 size, V8 sign) {
    V8 r;
    for (int i = 0; i < lanes; ++i) r.v[i] = std::copysign(size.v[i], sign.v[i]);
    return r;
}
NGV_SIMD V8 min(V8 a, V8 b) {
    V8 r;
    for (int i = 0; i < lanes; ++i) r.v[i] = b.v[i] < a.v[i] ? b.v[i] : a.v[i];
    return r;
}
NGV_SIMD V8 max(V8 a, V8 b) {
    V8 r;
    for (int i = 0; i < lanes; ++i) r.v[i] = a.v[i] < b.v[i] ? b.v[i] : a.v[i];
    return r;
}
NGV_SIMD V8 scale(V8 p, V8 n) {
    V8 r;
    for (int i = 0; i < lanes; ++i)
        r.v[i] = std::isfinite(n.v[i]) ? std::ldexp(p.v[i], static_cast<int>(n.v[i])) : p.v[i];
    return r;
}
NGV_SIMD M8 operator<(V8 a, V8 b) {
    M8 r;
    for (int i = 0; i < lanes; ++i) r.m[i] = a.v[i] < b.v[i];
    return r;
}
NGV_SIMD M8 operator<=(V8 a, V8 b) {
    M8 r;
    for (int i = 0; i < lanes; ++i) r.m[i] = a.v[i] <= b.v[i];
    return r;
}
NGV_SIMD M8 operator==(V8 a, V8 b) {
    M8 r;
    for (int i = 0; i < lanes; ++i) r.m[i] = a.v[i] == b.v[i];
    return r;
}
NGV_SIMD M8 operator&(M8 a, M8 b) {
    M8 r;
    for (int i = 0; i < lanes; ++i) r.m[i] = a.m[i] && b.m[i];
    return r;
}
NGV_SIMD M8 operator|(M8 a, M8 b) {
    M8 r;
    for (int i = 0; i < lanes; ++i) r.m[i] = a.m[i] || b.m[i];
    return r;
}
NGV_SIMD M8 operator!(M8 a) {
    M8 r;
    for (int i = 0; i < lanes; ++i) r.m[i] = !a.m[i];
    return r;
}
NGV_SIMD unsigned bits(M8 a) {
    unsigned r = 0;
    for (int i = 0; i < lanes; ++i) r |= static_cast<unsigned>(a.m[i]) << i;
    return r;
}
NGV_SIMD M8 mask(unsigned bits) {
    M8 r;
    for (int i = 0; i < lanes; ++i) r.m[i] = (bits >> i & 1) != 0;
    return r;
}
NGV_SIMD V8 select(M8 m, V8 if_true, V8 if_false) {
    V8 r;
    for (int i = 0; i < lanes; ++i) r.v[i] = m.m[i] ? if_true.v[i] : if_false.v[i];
    return r;
}
NGV_SIMD void store(double* p, V8 a, M8 m) {
    for (int i = 0; i < lanes; ++i)
        if (m.m[i]) p[i] = a.v[i];
}

NGV_SIMD I8 to_bits(V8 a) {
    I8 r;
    for (int i = 0; i < lanes; ++i) r.v[i] = std::bit_cast<std::uint64_t>(a.v[i]);
    return r;
}
NGV_SIMD V8 from_bits(I8 a) {
    V8 r;
    for (int i = 0; i < lanes; ++i) r.v[i] = std::bit_cast<double>(a.v[i]);
    return r;
}
NGV_SIMD I8 all_bits(std::uint64_t x) {
    I8 r;
    for (int i = 0; i < lanes; ++i) r.v[i] = x;
    return r;
}
NGV_SIMD I8 operator+(I8 a, I8 b) {
    I8 r;
    for (int i = 0; i < lanes; ++i) r.v[i] = a.v[i] + b.v[i];
    return r;
}
NGV_SIMD I8 operator-(I8 a, I8 b) {
    I8 r;
    for (int i = 0; i < lanes; ++i) r.v[i] = a.v[i] - b.v[i];
    return r;
}
NGV_SIMD I8 operator&(I8 a, I8 b) {
    I8 r;
    for (int i = 0; i < lanes; ++i) r.v[i] = a.v[i] & b.v[i];
    return r;
}
NGV_SIMD I8 operator|(I8 a, I8 b) {
    I8 r;
    for (int i = 0; i < lanes; ++i) r.v[i] = a.v[i] | b.v[i];
    return r;
}
NGV_SIMD I8 operator^(I8 a, I8 b) {
    I8 r;
    for (int i = 0; i < lanes; ++i) r.v[i] = a.v[i] ^ b.v[i];
    return r;
}
template <int count>
NGV_SIMD I8 shift_left(I8 a) {
    I8 r;
    for (int i = 0; i < lanes; ++i) r.v[i] = a.v[i] << count;
    return r;
}
template <int count>
NGV_SIMD I8 shift_right(I8 a) {
    I8 r;
    for (int i = 0; i < lanes; ++i) r.v[i] = a.v[i] >> count;
    return r;
}

}  // namespace NGV_SIMD_SET
}  // namespace ngv::simd
