// Vessel walls: the radius that goes with a pressure.
//
// Passive: a thin elastic tube, r = r0 (1 + (p - p0) d0 (1 - nu^2) / (2 E h)), with p0 the pressure at rest, at which the
// vessel has its own radius.
// Myogenic: smooth muscle works against the wall's tension T = p r (Laplace): its goal is r = r0 (1 - gain (T / T0 - 1)),
// approached with a time constant; gain 0 is passive muscle, gain 1 keeps the tension to first order. Only vessels with
// muscle do so (arteries and arterioles).
//
//     Walls walls(options, vessels);
//     walls.set_rest(pressure);                    // of the first solve
//     walls.step(pressure, dt_s, radius);          // um, moves towards the goal
#pragma once

#include <span>
#include <vector>

#include "solvers/flow/network/vessels.hpp"

namespace ngv::flow {

struct WallOptions {
    double youngs_modulus = 0;  ///< Pa; 0: stiff
    double thickness = 0.5;     ///< um
    double poisson_ratio = 0.5;
    double myogenic_gain = 0;     ///< 0: none
    double myogenic_time_s = 10;  ///< of the approach
    bool compliant() const { return youngs_modulus > 0; }
    bool active() const { return myogenic_gain > 0; }
    bool any() const { return compliant() || active(); }
};

class Walls {
  public:
    Walls(WallOptions options, const Vessels& vessels);

    /// Pa of each vessel at rest. NaN: the vessel keeps its radius.
    void set_rest(std::span<const double> pressure);
    bool has_rest() const { return has_rest_; }
    /// Radii in um after dt_s at these pressures: elastic at once, muscle with its time constant.
    void step(std::span<const double> pressure, double dt_s, std::span<double> radius);

    std::span<double> kept_tone() { return tone_; }  ///< what goes on from step to step beside the radius

    /// Passive radius over that at rest, of one vessel; diameter in um, pressures in Pa.
    static double passive_ratio(const WallOptions& options, double rest_diameter, double over_pressure);

  private:
    WallOptions options_;
    std::span<const double> rest_radius_;
    bool has_rest_ = false;
    std::vector<bool> muscle_;
    std::vector<double> rest_pressure_, tone_;  // tone: the part of the radius that muscle sets
};

}  // namespace ngv::flow
