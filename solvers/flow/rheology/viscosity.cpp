#include "solvers/flow/rheology/viscosity.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <string>
#include <vector>

#include "ngv/error.hpp"
#include "solvers/flow/rheology/resistance.hpp"

namespace ngv::flow {

namespace {

constexpr double human_red_cell_volume = 92.0;  // um3
constexpr double in_vivo_wall = 1.1;            // um, W of the 1994 law

double resistance(const Blood& blood, double radius, double length, double hematocrit) {
    NGV_ASSERT(std::max(2.0 * radius, blood.smallest_diameter) > least_diameter(blood));
    ResistanceTerms terms;
    resistance_terms(blood, {&radius, 1}, {&length, 1}, terms);
    double result = 0;
    resistance_at(terms, {&hematocrit, 1}, {&result, 1});
    return result;
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

double species_factor(const Blood& blood) {
    return blood.red_cell_volume == human_red_cell_volume ? 1.0
                                                          : std::cbrt(human_red_cell_volume / blood.red_cell_volume);
}

double least_diameter(const Blood& blood) {
    return blood.law == ViscosityLaw::pries_in_vivo_1994 ? in_vivo_wall / species_factor(blood) : 0.0;
}

double relative_viscosity(const Blood& blood, double diameter_um, double hematocrit) {
    const double radius = 0.5 * diameter_um, square = radius * radius;
    return resistance(blood, radius, 1.0, hematocrit) * std::numbers::pi * square * square /
           (8.0 * blood.plasma_viscosity);
}

double relative_viscosity(const Blood& blood, double diameter_um) {
    return relative_viscosity(blood, diameter_um, blood.hematocrit);
}

double conductance(const Blood& blood, double radius_um, double length_um) {
    return 1.0 / resistance(blood, radius_um, length_um, blood.hematocrit);
}

}  // namespace ngv::flow
