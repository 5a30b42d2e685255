// The wall of a vessel under an endfoot: its smooth muscle relaxes when the endfoot's calcium rises, and the vessel
// widens.
//
//   endfoot Ca2+ -> signal s (EET, BK, K+: first order, signal_delay) -> muscle Ca2+ falls by calcium_fall * s
//   -> cross bridges (Hai & Murphy's four states) -> F = AMp + AM -> dRad/dt = (R0pas/visc) [Rad Pt/th - E(F) (Rad -
//   R0(F))/R0(F)] th = -Rad + sqrt(Rad^2 + 2 R0pas th0 + th0^2),  E = Epas + F (Eact - Epas),  R0(F) = R0pas (1 + F
//   (alpha - 1))
//
// The chain from endfoot to muscle (Kir, BK, L-type channels of the full model) is reduced to the first line. R0pas is
// chosen so that the vessel's own radius is the equilibrium at rest: nothing moves until something happens.
#pragma once

#include "solvers/neuron/astrocyte/parameters.hpp"

namespace ngv::neuron {

class VesselWall {
  public:
    /// At rest at `radius_um`, with the endfoot at `endfoot_calcium` uM. UserError if no passive radius gives that
    /// equilibrium.
    VesselWall(const WallParameters& parameters, double radius_um, double endfoot_calcium);

    /// One step with the endfoot's calcium (uM).
    void advance(double endfoot_calcium, double dt_ms);

    double radius() const { return radius_; }              ///< um
    double force() const { return amp_ + am_; }            ///< attached share of cross bridges
    double passive_radius() const { return r0_passive_; }  ///< um
    /// um/ms at the given state: zero at rest.
    double radius_rate() const;

  private:
    double signal_target(double endfoot_calcium) const;
    double muscle_calcium() const;
    double stress_rate(double r0_passive) const;

    const WallParameters* p_;
    double radius_, r0_passive_ = 0, signal_;
    double m_ = 1, mp_ = 0, amp_ = 0, am_ = 0;
};

}  // namespace ngv::neuron
