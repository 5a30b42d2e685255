// From the points of a section to its compartments, by NEURON's rules (Carnevale & Hines 2006: frusta between the points,
// cut at the ends and middles of the compartments).
//
//   points      o-----o--------o------o           diameters vary linearly in between
//   nseg = 3    |    x    |    x    |    x    |    area, volume: sums over frusta;  x: where the voltage stands
//               ri_left of a compartment: resistance of its left half, ri_right: of its right half
#pragma once

#include <vector>

#include "solvers/common/morphology.hpp"

namespace ngv::neuron {

struct Compartment {
    double area = 0;             ///< lateral membrane, um2
    double volume = 0;           ///< um3
    double length = 0;           ///< um
    double diameter = 0;         ///< mean, um
    double ri_left = 0;          ///< MOhm
    double ri_right = 0;         ///< MOhm
    std::vector<double> pieces;  ///< straight pieces of its axis, 6 coordinates each, um
};

/// nseg = 1 + 2 int(L / max_length): always odd, so that a compartment stands in the middle. 40 um is what BBP circuits
/// use.
int compartments_of_section(double length_um, double max_length_um);

/// Arc length at each point, um: sums of distances between points as NEURON stores them, in single precision.
std::vector<double> arc_lengths(const std::vector<MorphologyPoint>& points);

/// Needs at least two points. `axial_resistivity` in Ohm cm. Area, diameter and resistances equal NEURON's to the last
/// bit.
std::vector<Compartment> discretise(const std::vector<MorphologyPoint>& points, int nseg, double axial_resistivity);

/// A section without points: a cylinder a compartment. `diameters`: one, or one a compartment.
std::vector<Compartment> cylinders(double length, const std::vector<double>& diameters, int nseg,
                                   double axial_resistivity);

}  // namespace ngv::neuron
