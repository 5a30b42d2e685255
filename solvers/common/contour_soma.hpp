// A soma that was drawn as an outline, turned into a stack of frusta along its longest axis, as NEURON's Import3d does
// (version 9: the axis points towards the positive side of its largest component, so that the end that is soma(0) does
// not depend on a linear-algebra library).
//
//        . - ' ' - .            the outline is resampled to 101 points along its length in the plane,
//      /   |   |   | \          its two sides are made convex along the axis,
//  ----o---o---o---o---o--->    and 21 points, evenly spaced on the axis, get the width there as diameter
//      \   |   |   | /
//        ' - . . - '
#pragma once

#include <span>
#include <vector>

#include "solvers/common/morphology.hpp"

namespace ngv {

/// 21 points; diameters of the outline's points are not used. At least three points; UserError (`where`) for an outline
/// without extent.
std::vector<MorphologyPoint> frusta_of_outline(std::span<const MorphologyPoint> outline, const std::string& where);

/// Outlines of one soma at several heights: each becomes a circle around its centre.
std::vector<MorphologyPoint> frusta_of_stack(const std::vector<std::vector<MorphologyPoint>>& outlines);

}  // namespace ngv
