#include "solvers/flow/regulation/ornstein_uhlenbeck.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "solvers/common/rng.hpp"

namespace ngv::flow {

// erf(u / sqrt 2) e^(u^2 / 2) sqrt(pi / 2) is the sum of u^(2k+1) / (2k+1)!!, and all terms are positive: nothing cancels.
double first_passage(double c) {
    double term = c * c / 2.0, sum = 0.0;  // u integrated
    for (int k = 1; term > 1e-17 * sum; ++k) {
        sum += term;
        // u^(2k+1)/(2k+1)!! integrates to c^(2k+2) / ((2k+2) (2k+1)!!)
        term *= c * c * (2.0 * k) / ((2.0 * k + 2.0) * (2.0 * k + 1.0));
    }
    return sum;
}

OrnsteinUhlenbeck::OrnsteinUhlenbeck(RadiusNoise noise, double dt_s)
    : kappa_(first_passage(noise.deviations) / noise.passage_time_s),
      sigma_((noise.ratio - 1.0) * std::sqrt(2.0 * kappa_) / noise.deviations),
      decay_(std::exp(-kappa_ * dt_s)),
      spread_(sigma_ * std::sqrt(-std::expm1(-2.0 * kappa_ * dt_s) / (2.0 * kappa_))) {}

double OrnsteinUhlenbeck::next(double x, double r0, std::uint64_t seed, std::int64_t endfoot, std::int64_t step,
                               bool noise) const {
    constexpr auto radii = purpose("flow radius noise");
    const double xi = noise ? Random(seed, radii, endfoot, step).normal() : 0.0;
    return std::abs(decay_ * x + spread_ * r0 * xi);
}

}  // namespace ngv::flow
