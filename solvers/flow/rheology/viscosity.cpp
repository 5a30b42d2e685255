#include "solvers/flow/rheology/viscosity.hpp"

#include <cmath>
#include <map>
#include <numbers>
#include <string>
#include <vector>

#include "ngv/error.hpp"

namespace ngv::flow {

namespace {

constexpr double human_red_cell_volume = 92.0;  // um3
constexpr double in_vivo_wall = 1.1;            // um, W of the 1994 law

double shape_exponent(double d) {
    const double t = 1.0 / (1.0 + 1e-11 * std::pow(d, 12));
    return (0.8 + std::exp(-0.075 * d)) * (t - 1.0) + t;
}

// 1 at hematocrit 0.45, to which the fits refer.
double hematocrit_factor(double d, double hematocrit) {
    const double c = shape_exponent(d);
    return (std::pow(1.0 - hematocrit, c) - 1.0) / (std::pow(1.0 - 0.45, c) - 1.0);
}

double in_vitro_45(double d) {
    return 220.0 * std::exp(-1.3 * d) + 3.2 - 2.44 * std::exp(-0.06 * std::pow(d, 0.645));
}

double in_vivo_45(double d) {
    return 6.0 * std::exp(-0.085 * d) + 3.2 - 2.44 * std::exp(-0.06 * std::pow(d, 0.645));
}

double in_vitro(double d, double hematocrit) {
    return 1.0 + (in_vitro_45(d) - 1.0) * hematocrit_factor(d, hematocrit);
}

double in_vivo(double d, double hematocrit) {
    const double w = std::pow(d / (d - in_vivo_wall), 2);
    return (1.0 + (in_vivo_45(d) - 1.0) * hematocrit_factor(d, hematocrit) * w) * w;
}

double surface_layer(double d, double hematocrit) {
    const double layer = d > 2.4 ? 2.6 * (d - 2.4) / (d + 100.0 - 4.8) : 0.0;
    const double peak = d <= 2.4    ? 0.0
                        : d <= 10.5 ? 1.1 * (d - 2.4) / (10.5 - 2.4)
                                    : 1.1 * std::exp(-0.03 * (d - 10.5));
    const double effective = d - 2.0 * (layer + peak * (1.0 + 1.18 * hematocrit));
    const double physical = d - 2.0 * (layer + 0.6 * peak);
    return in_vitro(physical, hematocrit) * std::pow(d / effective, 4);
}

double astrovascpy(double r) {
    return 4.0 * (1.0 - 0.863 * std::exp(-r / 14.3) + 27.5 * std::exp(-r / 0.351));
}

double species_factor(const Blood& blood) {
    return blood.red_cell_volume == human_red_cell_volume ? 1.0
                                                          : std::cbrt(human_red_cell_volume / blood.red_cell_volume);
}

}  // namespace

ViscosityLaw viscosity_law(std::string_view name) {
    static const std::map<std::string, ViscosityLaw, std::less<>> laws{
        {"newtonian", ViscosityLaw::newtonian},
        {"astrovascpy", ViscosityLaw::astrovascpy},
        {"pries_in_vitro_1992", ViscosityLaw::pries_in_vitro_1992},
        {"pries_in_vivo_1994", ViscosityLaw::pries_in_vivo_1994},
        {"pries_surface_2005", ViscosityLaw::pries_surface_2005}};
    if (const auto it = laws.find(name); it != laws.end()) return it->second;
    std::vector<std::string> names;
    for (const auto& [known, law] : laws) names.push_back(known);
    throw UserError({"viscosity law '" + std::string(name) + "'", "is not known", did_you_mean(name, names)});
}

double least_diameter(const Blood& blood) {
    return blood.law == ViscosityLaw::pries_in_vivo_1994 ? in_vivo_wall / species_factor(blood) : 0.0;
}

double relative_viscosity(const Blood& blood, double diameter_um) {
    const double d = std::max(diameter_um, blood.smallest_diameter);
    NGV_ASSERT(d > least_diameter(blood));
    const double scaled = d * species_factor(blood);
    switch (blood.law) {
        case ViscosityLaw::newtonian:
            return 1.0;
        case ViscosityLaw::astrovascpy:
            return astrovascpy(0.5 * d);
        case ViscosityLaw::pries_in_vitro_1992:
            return in_vitro(scaled, blood.hematocrit);
        case ViscosityLaw::pries_in_vivo_1994:
            return in_vivo(scaled, blood.hematocrit);
        case ViscosityLaw::pries_surface_2005:
            return surface_layer(scaled, blood.hematocrit);
    }
    NGV_ASSERT(false);
    return 0.0;
}

double conductance(const Blood& blood, double radius_um, double length_um) {
    const double viscosity = blood.plasma_viscosity * relative_viscosity(blood, 2.0 * radius_um);
    const double square = radius_um * radius_um;
    return std::numbers::pi * square * square / (8.0 * viscosity * length_um);
}

}  // namespace ngv::flow
