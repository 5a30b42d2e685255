// Tube and discharge hematocrit: red cells run faster than the blood, so a vessel holds fewer of them than flow out.
//
//     H_T / H_D = H_D + (1 - H_D) x,    x = 1 + 1.7 exp(-k1 D) - 0.6 exp(-k2 D)
//
// k1, k2 = 0.35, 0.01 per um (Pries et al., Circ Res 67 (1990) 826; 1992) or 0.415, 0.011 (Pries & Secomb 2005).
#pragma once

namespace ngv::flow {

enum class Fahraeus { pries_1992, pries_secomb_2005 };

/// x above; diameter in um.
double fahraeus_x(Fahraeus law, double diameter_um);
/// Tube hematocrit over discharge hematocrit.
double tube_ratio(Fahraeus law, double diameter_um, double discharge);
/// The discharge hematocrit that goes with a tube hematocrit.
double discharge_of(Fahraeus law, double diameter_um, double tube);

}  // namespace ngv::flow
