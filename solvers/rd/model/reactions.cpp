#include "solvers/rd/model/reactions.hpp"

#include <algorithm>

namespace ngv::rd {

Uptake::Uptake(double vmax, double km, double dt)
    : per_km_(1.0 / km), s_(vmax * dt / km), factor_at_minus_s_(std::exp(-s_)) {}

// The function w + y0 (e^w - 1) + s is convex and increases. Its root lies at or left of -s / (1 + y0), because e^w - 1
// >= w. The first step of Newton starts from -s, the limit of small concentrations; it lands right of the root, from
// where steps never overshoot.
double Uptake::factor(double c) const {
    const double y0 = c * per_km_, f = factor_at_minus_s_;
    double w = std::min(-s_ + y0 * (1.0 - f) / (1.0 + y0 * f), -s_ / (1.0 + y0));
    for (int i = 0; i < 50; ++i) {
        const bool small = w > -0.5;  // each of e^w - 1 and e^w keeps its relative precision
        const double change = small ? std::expm1(w) : std::exp(w) - 1.0;
        const double factor = small ? 1.0 + change : std::exp(w);
        const double step = (w + y0 * change + s_) / (1.0 + y0 * factor);
        w -= step;
        // Quadratic convergence: what is left after a step of 1e-8 is below rounding, and so is the cube in e^-step.
        if (std::abs(step) < 1e-8) return factor * (1.0 - step + 0.5 * step * step);
    }
    return std::exp(w);
}

// e^w - 1 for -1/4 <= w <= 0: the first term left out is below 1e-17 of the sum.
static inline double small_expm1(double w) {
    double sum = 1.0;
    for (int k = 12; k > 1; --k) sum = 1.0 + w * (1.0 / k) * sum;
    return w * sum;
}

void Uptake::apply(double* c, std::size_t n) const {
    if (s_ > 0.25) {
        for (std::size_t i = 0; i < n; ++i) c[i] *= factor(c[i]);
        return;
    }
    // Here the first step of Newton leaves an error below s^2 / 8, and each further one squares four times that: three
    // are enough.
    const double s = s_, f = factor_at_minus_s_, per_km = per_km_;
    for (std::size_t i = 0; i < n; ++i) {
        const double y0 = c[i] * per_km;
        double w = -s + y0 * (1.0 - f) / (1.0 + y0 * f);
        for (int k = 0; k < 3; ++k) {
            w = w < 0.0 ? w : 0.0;
            const double change = small_expm1(w);
            w -= (w + y0 * change + s) / (1.0 + y0 * (1.0 + change));
        }
        c[i] *= 1.0 + small_expm1(w);
    }
}

void Reactions::advance(double* c, const double* volumes, std::size_t n, double dt,
                        std::vector<double>& removed) const {
    const std::size_t ns = species_.size();
    for (std::size_t s = 0; s < ns; ++s) {
        const Species& p = species_[s];
        double gone = 0.0;
        if (p.clearance_rate > 0.0) {
            const double share = -std::expm1(-p.clearance_rate * dt);
            for (std::size_t i = 0; i < n; ++i) {
                const double away = share * (c[i * ns + s] - p.rest);
                c[i * ns + s] -= away;
                gone += away * volumes[i];
            }
        }
        if (p.uptake_max > 0.0) {
            const Uptake uptake(p.uptake_max, p.uptake_half, dt);
            constexpr std::size_t block = 512;
            double values[block];
            for (std::size_t begin = 0; begin < n; begin += block) {
                const std::size_t size = std::min(block, n - begin);
                for (std::size_t i = 0; i < size; ++i) values[i] = c[(begin + i) * ns + s];
                uptake.apply(values, size);
                for (std::size_t i = 0; i < size; ++i) {
                    double& x = c[(begin + i) * ns + s];
                    gone += (x - values[i]) * volumes[begin + i];
                    x = values[i];
                }
            }
        }
        removed[s] += gone;
    }
}

}  // namespace ngv::rd
