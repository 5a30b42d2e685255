// Apparent viscosity of blood in a small vessel, relative to plasma.
//
//     Blood blood;                                         // in vivo law of 1994, discharge hematocrit 0.45
//     double mu = blood.plasma_viscosity * relative_viscosity(blood, 2.0 * radius_um);   // Pa s
//
// Sources: Pries, Neuhaus, Gaehtgens, Am J Physiol 263 (1992) H1770: in vitro. Pries et al., Circ Res 75 (1994) 904: in
// vivo. Pries & Secomb, Am J Physiol 289 (2005) H2657: with the endothelial surface layer.
#pragma once

#include <string_view>

namespace ngv::flow {

enum class ViscosityLaw {
    newtonian,            ///< plasma everywhere: 1
    astrovascpy,          ///< the fixed law of AstroVascPy; ignores the hematocrit
    pries_in_vitro_1992,  ///< glass tubes
    pries_in_vivo_1994,   ///< living vessels; grows without bound towards a diameter of 1.1 um
    pries_surface_2005,   ///< in vitro law in a vessel narrowed by the endothelial surface layer
};

/// The law of that name; UserError with the nearest name if there is none.
ViscosityLaw viscosity_law(std::string_view name);

struct Blood {
    ViscosityLaw law = ViscosityLaw::pries_in_vivo_1994;
    double hematocrit = 0.45;          ///< discharge hematocrit, 0 .. 1
    double plasma_viscosity = 1.2e-3;  ///< Pa s
    double red_cell_volume = 92.0;  ///< um3; diameters are scaled by (92 / volume)^(1/3) in the laws of Pries (rat: 55)
    double smallest_diameter = 0.0;  ///< um; thinner vessels get the relative viscosity of this diameter; 0: no bound
};

/// Viscosity over that of plasma, at blood.hematocrit or the one given. Precondition: diameter_um >
/// least_diameter(blood), or a smallest_diameter above it.
double relative_viscosity(const Blood& blood, double diameter_um);
double relative_viscosity(const Blood& blood, double diameter_um, double hematocrit);

/// Factor of diameters in the laws of Pries: (92 um3 / red cell volume)^(1/3).
double species_factor(const Blood& blood);

/// The law is defined only above this diameter in um (0 for most laws).
double least_diameter(const Blood& blood);

/// Conductance of a cylinder at blood.hematocrit, um3/(s Pa): pi r^4 / (8 mu L).
double conductance(const Blood& blood, double radius_um, double length_um);

}  // namespace ngv::flow
