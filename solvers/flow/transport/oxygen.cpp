#include "solvers/flow/transport/oxygen.hpp"

#include <cmath>

namespace ngv::flow {

double OxygenCapacity::saturation(double p) const {
    if (p <= 0) return 0.0;
    const double x = std::pow(p / half_pressure, hill);
    return x / (1.0 + x);
}

double OxygenCapacity::concentration(double p, double hematocrit) const {
    return hematocrit * cells * saturation(p) + solubility * p;
}

// Newton's method between bounds that close in: the curve rises, but bends both ways.
double OxygenCapacity::pressure(double mM, double hematocrit) const {
    if (mM <= 0) return 0.0;
    double low = 0.0, high = mM / solubility, p = std::fmin(half_pressure, high);
    for (int step = 0; step < 200; ++step) {
        const double missing = concentration(p, hematocrit) - mM;
        (missing > 0 ? high : low) = p;
        const double s = saturation(p);
        const double slope = hematocrit * cells * hill * s * (1.0 - s) / p + solubility;
        double next = p - missing / slope;
        if (!(next > low && next < high)) next = 0.5 * (low + high);
        if (std::abs(next - p) <= 1e-15 * p) return next;
        p = next;
    }
    return p;
}

}  // namespace ngv::flow
