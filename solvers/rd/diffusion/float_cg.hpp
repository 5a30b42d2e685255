// The inner loops of the conjugate gradients of two_point_system.hpp, in single precision: half the memory traffic of
// double, which is what these loops are made of.
//
// All vectors are [tetrahedron][species]. A tetrahedron's species are read and written as one vector of `width` floats
// that reaches into the next tetrahedron: lanes beyond the species compute what nobody reads, and a store there is
// overwritten by the next tetrahedron's. So every array has `width` floats to spare at its end.
//
// Traffic of an iteration for each tetrahedron and species: 52 bytes of vectors; and 36 bytes of geometry a tetrahedron.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace ngv::rd::single {

inline constexpr std::size_t spare = 16;
template <int W>
struct VectorOf {
    typedef float type __attribute__((vector_size(W * sizeof(float))));
    typedef double wide __attribute__((vector_size(W * sizeof(double))));
};

template <class V>
inline V load(const float* from) {
    V v;
    std::memcpy(&v, from, sizeof v);
    return v;
}

template <class V>
inline void store(float* to, const V& v) {
    std::memcpy(to, &v, sizeof v);
}

/// q = V p - theta D L p for tetrahedra [begin, end); returns the part of p . q. `neighbours` [4] name the tetrahedron
/// itself where there is none, with a conductance of 0. W: floats of a vector, at least `ns` unless ns > W.
template <int W>
double multiply(const std::int32_t* neighbours, const float* conductance, const float* volumes, const float* theta_d,
                int ns, const float* p, float* q, std::size_t begin, std::size_t end) {
    using V = typename VectorOf<W>::type;
    using Wide = typename VectorOf<W>::wide;
    double total = 0.0;
    for (int first = 0; first < ns; first += W) {  // more species than a vector holds: in blocks
        const V d = load<V>(theta_d + first);
        Wide sum{};
        const int used = ns - first < W ? ns - first : W;
        const bool last = first + W >= ns;
        for (std::size_t i = begin; i < end; ++i) {
            const V own = load<V>(p + i * ns + first);
            V flow{};
            for (int k = 0; k < 4; ++k) {
                const auto j = static_cast<std::size_t>(neighbours[4 * i + k]);
                flow += conductance[4 * i + k] * (own - load<V>(p + j * ns + first));
            }
            const V out = volumes[i] * own + d * flow;
            if (last && ns > W)  // the next block's lanes of this tetrahedron are there already
                std::memcpy(q + i * ns + first, &out, static_cast<std::size_t>(used) * sizeof(float));
            else
                store(q + i * ns + first, out);
            sum += __builtin_convertvector(own, Wide) * __builtin_convertvector(out, Wide);
        }
        for (int l = 0; l < used; ++l) total += sum[l];
    }
    return total;
}

/// x += alpha p (or x = alpha p), r -= alpha q; returns sum r^2 / diagonal.
template <bool first>
double update(float alpha, const float* p, const float* q, const float* inverse_diagonal, float* x, float* r,
              std::size_t n) {
    using V = VectorOf<8>::type;
    using Wide = VectorOf<8>::wide;
    Wide sum{};
    std::size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        const V after = load<V>(r + i) - alpha * load<V>(q + i);
        store<V>(x + i, first ? alpha * load<V>(p + i) : load<V>(x + i) + alpha * load<V>(p + i));
        store<V>(r + i, after);
        sum +=
            __builtin_convertvector(after, Wide) * __builtin_convertvector(after * load<V>(inverse_diagonal + i), Wide);
    }
    double total = 0.0;
    for (int l = 0; l < 8; ++l) total += sum[l];
    for (; i < n; ++i) {
        x[i] = first ? alpha * p[i] : x[i] + alpha * p[i];
        r[i] -= alpha * q[i];
        total += static_cast<double>(r[i]) * static_cast<double>(r[i] * inverse_diagonal[i]);
    }
    return total;
}

inline double update(float alpha, const float* p, const float* q, const float* inverse_diagonal, float* x, float* r,
                     std::size_t n, bool first) {
    return first ? update<true>(alpha, p, q, inverse_diagonal, x, r, n)
                 : update<false>(alpha, p, q, inverse_diagonal, x, r, n);
}

/// r = b in units of `down` [species]; sum of r^2 / diagonal. N: number of species, or 0.
template <int N>
void take(int ns, std::size_t cells, const double* __restrict b, const double* __restrict down,
          const float* __restrict inverse_diagonal, float* __restrict r, double& sum) {
    const auto width = static_cast<std::size_t>(N ? N : ns);
    double total = 0.0;
    for (std::size_t i = 0, at = 0; i < cells; ++i)
        for (std::size_t s = 0; s < width; ++s, ++at) {
            r[at] = static_cast<float>(b[at] * down[s]);
            total += static_cast<double>(r[at]) * static_cast<double>(r[at] * inverse_diagonal[at]);
        }
    sum = total;
}

/// to = from + up x
template <int N>
void add(int ns, std::size_t cells, const double* from, const double* __restrict up, const float* __restrict x,
         double* to) {
    const auto width = static_cast<std::size_t>(N ? N : ns);
    for (std::size_t i = 0, at = 0; i < cells; ++i)
        for (std::size_t s = 0; s < width; ++s, ++at) to[at] = from[at] + up[s] * static_cast<double>(x[at]);
}

/// p = r / diagonal + beta p
inline void direction(float beta, const float* r, const float* inverse_diagonal, float* p, std::size_t n) {
    using V = VectorOf<16>::type;
    std::size_t i = 0;
    for (; i + 16 <= n; i += 16)
        store<V>(p + i, load<V>(r + i) * load<V>(inverse_diagonal + i) + beta * load<V>(p + i));
    for (; i < n; ++i) p[i] = r[i] * inverse_diagonal[i] + beta * p[i];
}

}  // namespace ngv::rd::single
