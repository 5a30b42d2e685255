// The test problem of the coupling schemes: a Hodgkin-Huxley membrane patch (squid axon, 6.3 C; J. Physiol. 117:500,
// 1952) in a shell of extracellular potassium that is cleared with a time constant. E_K follows the shell by Nernst;
// the K+ current fills the shell.
//
//     dK_o/dt = I_K area / (F volume)        the membrane's part
//             - (K_o - K_rest) / tau         the shell's part
#pragma once

#include <array>
#include <cmath>

namespace potassium {

inline constexpr double faraday = 96485.33212;  // C/mol
inline constexpr double area_cm2 = 1e-6;        // 100 um2
inline constexpr double shell_um3 = 10.0;
inline constexpr double k_rest = 3.0;      // mM
inline constexpr double k_inside = 140.0;  // mM
inline constexpr double clearance_ms = 100.0;
inline constexpr double step_ms = 0.005;

/// V mV, m, h, n, K_o mM, and the K+ that has left the cell, mol.
using State = std::array<double, 6>;

inline double fraction(double x, double y) {
    return std::abs(x / y) < 1e-6 ? y * (1 - x / y / 2) : x / (std::exp(x / y) - 1);
}

/// Right-hand side in 1/ms; `clearance` switches the shell's part on.
inline State rate(double t, const State& s, bool clearance) {
    const auto [v, m, h, n, k, moles] = s;
    const double e_k = 24.08 * std::log(k / k_inside);
    const double i_k = 36 * n * n * n * n * (v - e_k);  // uA/cm2
    const double i_na = 120 * m * m * m * h * (v - 50);
    const double i_leak = 0.3 * (v + 54.3);
    const double drive = 2 + 2 * std::sin(t / 6);
    const double efflux = 1e-6 * i_k * area_cm2 * 1e-3 / faraday;  // mol/ms
    return {drive - i_na - i_k - i_leak,
            0.1 * fraction(-(v + 40), 10) * (1 - m) - 4 * std::exp(-(v + 65) / 18) * m,
            0.07 * std::exp(-(v + 65) / 20) * (1 - h) - h / (std::exp(-(v + 35) / 10) + 1),
            0.01 * fraction(-(v + 55), 10) * (1 - n) - 0.125 * std::exp(-(v + 65) / 80) * n,
            1e18 * efflux / shell_um3 - (clearance ? (k - k_rest) / clearance_ms : 0.0),
            efflux};
}

/// Classical Runge-Kutta of order 4 from `begin` to `end`, in equal steps of at most step_ms.
inline void integrate(State& s, double begin, double end, bool clearance) {
    const int steps = static_cast<int>(std::ceil((end - begin) / step_ms - 1e-9));
    const double dt = (end - begin) / steps;
    auto plus = [](const State& a, const State& b, double f) {
        State r = a;
        for (std::size_t i = 0; i < r.size(); ++i) r[i] += f * b[i];
        return r;
    };
    for (int i = 0; i < steps; ++i) {
        const double t = begin + i * dt;
        const State a = rate(t, s, clearance);
        const State b = rate(t + dt / 2, plus(s, a, dt / 2), clearance);
        const State c = rate(t + dt / 2, plus(s, b, dt / 2), clearance);
        const State d = rate(t + dt, plus(s, c, dt), clearance);
        for (std::size_t j = 0; j < s.size(); ++j) s[j] += dt / 6 * (a[j] + 2 * b[j] + 2 * c[j] + d[j]);
    }
}

inline constexpr State start{-65.0, 0.0529, 0.5961, 0.3177, k_rest, 0.0};

}  // namespace potassium
