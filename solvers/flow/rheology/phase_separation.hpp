// How red cells divide where a vessel branches: rarely as the blood does.
//
//     feed  Q, H, D  --->  branch a: fraction FQ_B of the blood, FQ_E of the cells
//                     -->  branch b: the rest of both
//
//     FQ_E = 0 if FQ_B <= x0, 1 if FQ_B >= 1 - x0, else  logit FQ_E = A + B logit((FQ_B - x0) / (1 - 2 x0))
//
// 2005: x0 = 0.964 (1-H)/D, A = -13.29 ((Da^2/Db^2 - 1)/(Da^2/Db^2 + 1)) (1-H)/D, B = 1 + 6.98 (1-H)/D   (Pries & Secomb,
// Am J Physiol 289 (2005) H2657). 1989: x0 = 0.4/D, A = -6.96 ln(Da/Db)/D, B = 1 + 6.98 (1-H)/D   (Pries et al.,
// Microvasc Res 38 (1989) 81). Kinetic plasma skimming: H_i in proportion to (area of i / area of the feed)^(1/M), M =
// 5.25 (Gould & Linninger, Microcirculation 22 (2015) 1).
#pragma once

#include <span>
#include <string_view>

namespace ngv::flow {

enum class PhaseSeparation {
    none,  ///< cells follow the blood
    pries_secomb_2005,
    pries_1989,
    kinetic,  ///< of Gould & Linninger
};

/// UserError with the nearest name if there is none.
PhaseSeparation phase_separation(std::string_view name);

struct Feed {
    double flow;        ///< any unit
    double hematocrit;  ///< discharge
    double diameter;    ///< um, the largest one of the vessels that flow in
};

/// FQ_E of branch a at a bifurcation.
double red_cell_fraction(PhaseSeparation law, const Feed& feed, double diameter_a, double diameter_b,
                         double blood_fraction_a);

/// Discharge hematocrit of each branch; flow-weighted they give the feed's exactly. More than two branches part one
/// after the other: the first from the rest, which goes on as a vessel of the next one's diameter. A branch that would
/// exceed 0.99 gets that, and the others the rest.
void separate(PhaseSeparation law, const Feed& feed, std::span<const double> flow, std::span<const double> diameter,
              std::span<double> hematocrit);

}  // namespace ngv::flow
