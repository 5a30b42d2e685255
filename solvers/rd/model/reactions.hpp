// What removes a species (or brings it back) on the spot: first-order clearance towards rest, and uptake by
// transporters.
//
//   dc/dt = -k (c - rest) - Vmax c / (Km + c)
//
// Each of the two is solved exactly over a step, one after the other, so the step's length is free and nothing becomes
// negative:
//   clearance  c = rest + (c0 - rest) e^(-k dt)
//   uptake     y + ln y = y0 + ln y0 - s, y = c / Km, s = Vmax dt / Km: Newton for w = ln(y / y0) in w + y0 (e^w - 1) =
//   -s
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include "solvers/rd/model/model.hpp"

namespace ngv::rd {

/// Uptake alone over a step of fixed length, exact to rounding.
class Uptake {
  public:
    Uptake(double vmax, double km, double dt);
    /// Concentration after the step; 0 stays 0.
    double operator()(double c) const { return c * factor(c); }
    /// The same for many; short steps are vectorised.
    void apply(double* c, std::size_t n) const;

  private:
    double factor(double c) const;
    double per_km_, s_, factor_at_minus_s_;
};

class Reactions {
  public:
    explicit Reactions(const Model& model) : species_(model.species) {}

    /// Advances n tetrahedra of interleaved concentrations [n][species] by dt ms; adds what went away, mM um3, to
    /// removed[species].
    void advance(double* c, const double* volumes, std::size_t n, double dt, std::vector<double>& removed) const;

  private:
    std::vector<Species> species_;
};

}  // namespace ngv::rd
