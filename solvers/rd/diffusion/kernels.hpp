// The inner loops of diffusion, for a number of species known to the compiler (N) or not (N = 0). The geometry of a
// face is loaded once and used for all species of a tetrahedron, which lie side by side.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace ngv::rd {

inline constexpr int most_species = 64;

/// Owned values and the ghosts behind them, each [tetrahedron][width].
struct View {
    const double* own;
    const double* ghosts;
};

inline constexpr std::int32_t no_face = std::numeric_limits<std::int32_t>::min();

/// What a kernel reads of the mesh; see finite_volumes.hpp.
struct Stencil {
    const std::int32_t* neighbours;
    const double* conductance;
    const double* gradient_weights;
    const double* volumes;
    std::size_t num_owned;
    const std::int32_t* cell_faces;
    const std::int32_t* face_cells;
    const double* face_tangents;
    const double* face_shares;
    std::size_t num_faces;
    int num_species;
};

/// A function a species count: picks Kernel<N>::run for the stencil's count.
#define RD_DISPATCH(ns, Kernel, ...) \
    switch (ns) {                    \
        case 1:                      \
            Kernel<1>(__VA_ARGS__);  \
            break;                   \
        case 2:                      \
            Kernel<2>(__VA_ARGS__);  \
            break;                   \
        case 3:                      \
            Kernel<3>(__VA_ARGS__);  \
            break;                   \
        case 4:                      \
            Kernel<4>(__VA_ARGS__);  \
            break;                   \
        case 5:                      \
            Kernel<5>(__VA_ARGS__);  \
            break;                   \
        case 6:                      \
            Kernel<6>(__VA_ARGS__);  \
            break;                   \
        default:                     \
            Kernel<0>(__VA_ARGS__);  \
    }

template <int N>
inline const double* values_of(const View& u, std::size_t num_owned, std::int32_t j, int width) {
    const auto at = static_cast<std::size_t>(j);
    return at < num_owned ? u.own + at * width : u.ghosts + (at - num_owned) * width;
}

/// out_i = sum over faces of g (u_j - u_i), for tetrahedra [begin, end).
template <int N>
inline void two_point_sum(const Stencil& m, const View& u, std::size_t i, int ns, const double* __restrict ui,
                          double* __restrict sum) {
    for (int s = 0; s < ns; ++s) sum[s] = 0.0;
    for (int k = 0; k < 4; ++k) {
        const std::int32_t j = m.neighbours[4 * i + k];
        if (j < 0) continue;
        const double g = m.conductance[4 * i + k];
        const double* __restrict uj = values_of<N>(u, m.num_owned, j, ns);
        for (int s = 0; s < ns; ++s) sum[s] += g * (uj[s] - ui[s]);
    }
}

/// y = V x - theta D L x, the matrix of the implicit step; `d` = theta D of each species.
template <int N>
void apply_matrix(const Stencil& m, const View& x, const double* __restrict d, std::size_t begin, std::size_t end,
                  double* __restrict y) {
    const int ns = N ? N : m.num_species;
    double sum[N ? N : most_species];
    for (std::size_t i = begin; i < end; ++i) {
        const double* __restrict xi = x.own + i * ns;
        two_point_sum<N>(m, x, i, ns, xi, sum);
        const double volume = m.volumes[i];
        for (int s = 0; s < ns; ++s) y[i * ns + s] = volume * xi[s] - d[s] * sum[s];
    }
}

/// out = D L u, what flows in through the two-point part, mM um3/ms.
template <int N>
void two_point_inflow(const Stencil& m, const View& u, const double* __restrict d, std::size_t begin, std::size_t end,
                      double* __restrict out) {
    const int ns = N ? N : m.num_species;
    double sum[N ? N : most_species];
    for (std::size_t i = begin; i < end; ++i) {
        two_point_sum<N>(m, u, i, ns, u.own + i * ns, sum);
        for (int s = 0; s < ns; ++s) out[i * ns + s] = d[s] * sum[s];
    }
}

/// gradient[i][axis][species] = a gradient + b grad(u), and out = D L u as two_point_inflow(), in one pass.
template <int N>
void gradients_and_inflow(const Stencil& m, const View& u, const double* __restrict d, double a, double b,
                          std::size_t begin, std::size_t end, double* __restrict gradient, double* __restrict out) {
    const int ns = N ? N : m.num_species;
    double sum[3][N ? N : most_species], inflow[N ? N : most_species];
    for (std::size_t i = begin; i < end; ++i) {
        const double* __restrict ui = u.own + i * ns;
        for (int axis = 0; axis < 3; ++axis)
            for (int s = 0; s < ns; ++s) sum[axis][s] = 0.0;
        for (int s = 0; s < ns; ++s) inflow[s] = 0.0;
        for (int k = 0; k < 4; ++k) {
            const std::int32_t j = m.neighbours[4 * i + k];
            if (j < 0) continue;
            const double* __restrict uj = values_of<N>(u, m.num_owned, j, ns);
            const double conductance = m.conductance[4 * i + k];
            const double* w = m.gradient_weights + 12 * i + 3 * k;
            for (int s = 0; s < ns; ++s) {
                const double jump = uj[s] - ui[s];
                sum[0][s] += w[0] * jump;
                sum[1][s] += w[1] * jump;
                sum[2][s] += w[2] * jump;
                inflow[s] += conductance * jump;
            }
        }
        for (int s = 0; s < ns; ++s) out[i * ns + s] = d[s] * inflow[s];
        double* __restrict g = gradient + 3 * i * ns;
        if (a == 0.0) {
            for (int axis = 0; axis < 3; ++axis)
                for (int s = 0; s < ns; ++s) g[axis * ns + s] = b * sum[axis][s];
        } else {
            for (int axis = 0; axis < 3; ++axis)
                for (int s = 0; s < ns; ++s) g[axis * ns + s] = a * g[axis * ns + s] + b * sum[axis][s];
        }
    }
}

/// flows[f][species] = A t . grad_f for faces [begin, end): what flows into the first of the face's two cells, without
/// D.
template <int N>
void correction_flows(const Stencil& m, const View& gradient, std::size_t begin, std::size_t end,
                      double* __restrict flows) {
    const int ns = N ? N : m.num_species;
    for (std::size_t f = begin; f < end; ++f) {
        const double* __restrict g0 = gradient.own + 3 * static_cast<std::size_t>(m.face_cells[2 * f]) * ns;
        const double* __restrict g1 = values_of<N>(gradient, m.num_owned, m.face_cells[2 * f + 1], 3 * ns);
        const double* t = m.face_tangents + 3 * f;
        const double share0 = m.face_shares[2 * f], share1 = m.face_shares[2 * f + 1];
        for (int s = 0; s < ns; ++s)
            flows[f * ns + s] =
                (t[0] * (share0 * g0[s] + share1 * g1[s]) + t[1] * (share0 * g0[ns + s] + share1 * g1[ns + s])) +
                t[2] * (share0 * g0[2 * ns + s] + share1 * g1[2 * ns + s]);
    }
}

/// Cell i's face k as a row of `flows` and the sign with which it flows into i; false at the mesh's boundary.
inline bool face_of(const Stencil& m, std::size_t i, int k, std::size_t& face, double& sign) {
    const std::int32_t code = m.cell_faces[4 * i + k];
    if (code == no_face) return false;
    face = static_cast<std::size_t>(code >= 0 ? code : ~code);
    sign = code >= 0 ? 1.0 : -1.0;
    return true;
}

/// out = D sum of the flows, mM um3/ms. shares[i] becomes the part of its outflow over `dt` that tetrahedron i can
/// afford from what it holds, room[i] mM um3. Returns whether that is less than all anywhere.
template <int N>
void correction_inflow(const Stencil& m, const double* __restrict flows, const double* __restrict d, double dt,
                       const double* __restrict room, double* __restrict out, double* __restrict shares,
                       bool& limited) {
    const int ns = N ? N : m.num_species;
    double sum[N ? N : most_species], size[N ? N : most_species];
    bool any = false;
    for (std::size_t i = 0; i < m.num_owned; ++i) {
        for (int s = 0; s < ns; ++s) sum[s] = size[s] = 0.0;
        for (int k = 0; k < 4; ++k) {
            std::size_t f;
            double sign;
            if (!face_of(m, i, k, f, sign)) continue;
            for (int s = 0; s < ns; ++s) {
                const double flow = sign * flows[f * ns + s];
                sum[s] += flow;
                size[s] += std::abs(flow);
            }
        }
        for (int s = 0; s < ns; ++s) {
            out[i * ns + s] = d[s] * sum[s];
            const double needed = 0.5 * dt * d[s] * (size[s] - sum[s]);  // the outflows alone
            // The room may be negative by a rounding; where nothing flows out, that asks for nothing.
            const double affordable = room[i * ns + s] > 0.0 ? room[i * ns + s] : 0.0;
            const bool is_short = needed > affordable;
            shares[i * ns + s] = is_short ? (1.0 - 1e-14) * affordable / needed : 1.0;
            any |= is_short;
        }
    }
    limited = any;
}

/// Cuts every flow to the share that its source affords.
template <int N>
void limit_flows(const Stencil& m, const View& shares, double* __restrict flows) {
    const int ns = N ? N : m.num_species;
    for (std::size_t f = 0; f < m.num_faces; ++f) {
        const double* __restrict first = shares.own + static_cast<std::size_t>(m.face_cells[2 * f]) * ns;
        const double* __restrict second = values_of<N>(shares, m.num_owned, m.face_cells[2 * f + 1], ns);
        for (int s = 0; s < ns; ++s) flows[f * ns + s] *= flows[f * ns + s] < 0.0 ? first[s] : second[s];
    }
}

/// out = D sum of the flows.
template <int N>
void sum_of_flows(const Stencil& m, const double* __restrict flows, const double* __restrict d,
                  double* __restrict out) {
    const int ns = N ? N : m.num_species;
    double sum[N ? N : most_species];
    for (std::size_t i = 0; i < m.num_owned; ++i) {
        for (int s = 0; s < ns; ++s) sum[s] = 0.0;
        for (int k = 0; k < 4; ++k) {
            std::size_t f;
            double sign;
            if (!face_of(m, i, k, f, sign)) continue;
            for (int s = 0; s < ns; ++s) sum[s] += sign * flows[f * ns + s];
        }
        for (int s = 0; s < ns; ++s) out[i * ns + s] = d[s] * sum[s];
    }
}

}  // namespace ngv::rd
