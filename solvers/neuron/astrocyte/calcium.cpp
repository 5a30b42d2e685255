#include "solvers/neuron/astrocyte/calcium.hpp"

#include <cmath>

namespace ngv::neuron {

namespace {

// Table 1 of De Pitta et al. 2009, uM and s.
constexpr double d1 = 0.13, d2 = 1.049, d3 = 0.9434, d5 = 0.08234, a2 = 0.2, c0 = 2.0, c1 = 0.185;
constexpr double channel = 6.0, leak = 0.11, serca = 0.9, serca_affinity = 0.1;
constexpr double kp = 10, kpi = 0.6, plc_delta = 0.02, kappa_delta = 1.5, k_plc_delta = 0.1;
constexpr double kinase = 2.0, kd = 0.7, k3 = 1.0, phosphatase = 0.04;

struct Slope {
    double ip3, ca, h;
};

Slope slope(const CalciumParameters& p, double glutamate, const CalciumState& s) {
    const double m = s.ip3 / (s.ip3 + d1), n = s.ca / (s.ca + d5), store = c0 - (1 + c1) * s.ca;
    const double open = m * n * s.h;
    const double q2 = d2 * (s.ip3 + d1) / (s.ip3 + d3);
    return {ip3_rate(p, glutamate, s),
            channel * open * open * open * store + leak * store -
                serca * s.ca * s.ca / (s.ca * s.ca + serca_affinity * serca_affinity),
            a2 * (q2 + s.ca) * (q2 / (q2 + s.ca) - s.h)};
}

CalciumState moved(const CalciumState& s, const Slope& r, double dt) {
    return {s.ip3 + dt * r.ip3, s.ca + dt * r.ca, s.h + dt * r.h};
}

}  // namespace

double ip3_rate(const CalciumParameters& p, double glutamate, const CalciumState& s) {
    const double half = p.glutamate_affinity + kp * s.ca / (s.ca + kpi);
    const double g = glutamate > 0 ? std::pow(glutamate, 0.7) : 0.0;
    const double ca2 = s.ca * s.ca, ca4 = ca2 * ca2;
    return p.ip3_production * g / (g + std::pow(half, 0.7)) +
           plc_delta / (1 + s.ip3 / kappa_delta) * ca2 / (ca2 + k_plc_delta * k_plc_delta) -
           kinase * ca4 / (ca4 + kd * kd * kd * kd) * s.ip3 / (s.ip3 + k3) - phosphatase * s.ip3;
}

CalciumState advance_calcium(const CalciumParameters& p, double glutamate, CalciumState s, double dt_ms) {
    const double dt = dt_ms * 1e-3;
    const CalciumState middle = moved(s, slope(p, glutamate, s), dt / 2);
    return moved(s, slope(p, glutamate, middle), dt);
}

CalciumState resting_calcium(const CalciumParameters& p, double glutamate) {
    CalciumState s;
    for (int i = 0; i < 30000; ++i) s = advance_calcium(p, glutamate, s, 10);
    return s;
}

}  // namespace ngv::neuron
