// Radii that move by chance, for running without neurons: r = r0 + X with a reflected Ornstein-Uhlenbeck process X >= 0.
//
//     dX = -kappa X dt + sigma dW,  reflected at 0;      X' = |X e^(-kappa dt) + s xi|,  s^2 = sigma^2 (1 - e^(-2 kappa dt)) / (2 kappa)
//
// Calibration: x_max = r0 (ratio - 1) is reached for the first time after T on average, and lies c standard deviations
// out. With x = c sigma / sqrt(2 kappa) the mean first passage time of the reflected process is G(c) / kappa exactly,
//
//     G(c) = int_0^c sqrt(pi/2) erf(u / sqrt 2) e^(u^2 / 2) du,     so   kappa = G(c) / T,   sigma = x_max sqrt(2 kappa) / c,
//
// with no root to search. Random numbers belong to (seed, endfoot, step): the same on any number of ranks.
//
//     const OrnsteinUhlenbeck process({.ratio = 1.38, .passage_time_s = 2.7, .deviations = 2.8}, dt_s);
//     x = process.next(x, r0, seed, endfoot, step);
#pragma once

#include <cstdint>

namespace ngv::flow {

/// G(c) above, to 1e-13 relative.
double first_passage(double deviations);

struct RadiusNoise {
    double ratio = 1.38;          ///< largest radius over the one at rest, as a mean first passage
    double passage_time_s = 2.7;  ///< after which it is reached, on average
    double deviations = 2.8;      ///< standard deviations between rest and the largest radius
};

class OrnsteinUhlenbeck {
  public:
    OrnsteinUhlenbeck(RadiusNoise noise, double dt_s);

    double kappa() const { return kappa_; }  ///< 1/s
    /// sigma of a vessel of radius r0, um/sqrt(s).
    double sigma(double r0) const { return sigma_ * r0; }

    /// X after one step, um. `noise` false: it relaxes.
    double next(double x, double r0, std::uint64_t seed, std::int64_t endfoot, std::int64_t step,
                bool noise = true) const;

  private:
    double kappa_, sigma_, decay_, spread_;  // sigma and spread for r0 = 1
};

}  // namespace ngv::flow
