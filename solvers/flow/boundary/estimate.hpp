// Conditions at ends where none is known: those that bring the pressures and wall shear stresses of the whole network
// nearest to what is usual, while no blood is lost anywhere (Fry, Lee, Smith & Secomb, Microcirculation 19 (2012) 530).
//
//     minimise  k_p sum w_j (p_j - p_0)^2 + k_tau sum L_e (tau_e - s_e tau_0)^2      subject to Kirchhoff's law inside
//
// w: length of vessels at a junction. The directions s of the flows are part of the answer: the weight of the shear grows
// step by step (k_tau / k_p from 0.001 to 4.096, in mmHg and dyn/cm2), and after each solve the directions are taken anew.
#pragma once

#include <span>

#include "solvers/flow/boundary/boundary.hpp"
#include "solvers/flow/network/sections.hpp"

namespace ngv::flow {

/// Collective. Turns each Condition::estimate of `boundary` into a pressure, and updates `sections`. Resistance in Pa
/// s/um3 and radius in um of each vessel.
void estimate_boundaries(Sections& sections, Boundary& boundary, const EstimateTargets& targets,
                         std::span<const double> resistance);

}  // namespace ngv::flow
