// O2 in blood: dissolved in plasma and bound to haemoglobin, in equilibrium.
//
//     c(P, H) = H C S(P) + alpha P,    S(P) = P^n / (P^n + P50^n)      (Hill)
//
//     OxygenCapacity blood;
//     double c = blood.concentration(95.0, 0.45);        // mM
//     double p = blood.pressure(c, 0.45);                // mmHg, the inverse
#pragma once

namespace ngv::flow {

struct OxygenCapacity {
    double cells = 20.0;         ///< mM, O2 bound per volume of red cells, all haemoglobin loaded
    double solubility = 1.3e-3;  ///< mM/mmHg in plasma, 37 C
    double half_pressure = 38;   ///< mmHg, P50 (rat 38, human 26)
    double hill = 2.7;           ///< exponent

    double saturation(double mmHg) const;
    double concentration(double mmHg, double hematocrit) const;  ///< mM
    /// The pressure in mmHg that goes with a concentration >= 0 in mM.
    double pressure(double mM, double hematocrit) const;
};

}  // namespace ngv::flow
