#include "solvers/rd/model/reactions.hpp"

#include <algorithm>

namespace ngv::rd {

double Uptake::operator()(double c) const {
    if (c <= 0.0) return c;
    const double y0 = c * per_km_;
    // The function is convex and increases. The root lies at or left of -s / (1 + y0), because e^w - 1 >= w. The first
    // step starts from -s, the limit of small concentrations; it lands right of the root, from where Newton's steps
    // never overshoot.
    double w = std::min(-s_ + y0 * (1.0 - factor_at_minus_s_) / (1.0 + y0 * factor_at_minus_s_), -s_ / (1.0 + y0));
    for (int i = 0; i < 50; ++i) {
        const bool small = w > -0.5;  // each of e^w - 1 and e^w keeps its relative precision
        const double change = small ? std::expm1(w) : std::exp(w) - 1.0;
        const double factor = small ? 1.0 + change : std::exp(w);
        const double step = (w + y0 * change + s_) / (1.0 + y0 * factor);
        w -= step;
        // Quadratic convergence: what is left after a step of 1e-6 is below rounding, and so is the cube in e^-step.
        if (std::abs(step) < 1e-6) return c * (factor * (1.0 - step + 0.5 * step * step));
    }
    return c * std::exp(w);
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
            for (std::size_t i = 0; i < n; ++i) {
                double& x = c[i * ns + s];
                const double left = uptake(x);
                gone += (x - left) * volumes[i];
                x = left;
            }
        }
        removed[s] += gone;
    }
}

}  // namespace ngv::rd
