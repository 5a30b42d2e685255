// Glutamate -> IP3 -> Ca2+ in one place of an astrocyte: the G-ChI model of De Pitta et al. 2009 (eqs. 10-15), whose
// calcium part is Li & Rinzel's. Concentrations in uM, time in s inside; the interface speaks ms.
#pragma once

#include "solvers/neuron/astrocyte/parameters.hpp"

namespace ngv::neuron {

struct CalciumState {
    double ip3 = 0.1;  ///< uM
    double ca = 0.08;  ///< uM, cytosol
    double h = 0.8;    ///< open share of the IP3 receptor's inactivation gate
};

/// IP3 made and broken down in a step; diffusion is the caller's. `glutamate` in uM.
double ip3_rate(const CalciumParameters& p, double glutamate, const CalciumState& s);  ///< uM/s

/// One step of dt_ms at the given glutamate (IP3, Ca and h; midpoint rule).
CalciumState advance_calcium(const CalciumParameters& p, double glutamate, CalciumState s, double dt_ms);

/// The state that a long time (300 s) at this glutamate leads to: where a run starts.
CalciumState resting_calcium(const CalciumParameters& p, double glutamate);

}  // namespace ngv::neuron
