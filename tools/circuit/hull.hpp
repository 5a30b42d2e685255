// The convex hull of many points, to a tolerance, and how to make room around it.
//
//     const Hull hull = convex_hull(points, 2.0);      // no point is more than 2 um outside of a facet
//     const Hull room = hull_around(points, 10.0);     // every point is at least 10 um inside
//
// Quickhull (Barber, Dobkin, Huhdanpaa, ACM Trans Math Softw 22, 469, 1996), ended as soon as the tolerance is reached: of
// millions of points of branches it keeps some hundred corners, and no facets thinner than a mesh could follow.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "tools/circuit/geometry.hpp"

namespace ngv::circuit {

struct Hull {
    std::vector<Vec3> corners;
    std::vector<std::array<std::uint32_t, 3>> facets;  ///< counter-clockwise as seen from outside

    double volume() const;
    /// um outside of the facet that p is farthest outside of; negative inside.
    double beyond(Vec3 p) const;
};

/// At most `tolerance` um (above 0) of any point remain outside. Throws UserError unless the points span a volume that is
/// thicker than the tolerance.
Hull convex_hull(std::span<const Vec3> points, double tolerance);

/// A convex body of few facets in which every point is at least `margin` um (above 0) deep.
Hull hull_around(std::span<const Vec3> points, double margin);

}  // namespace ngv::circuit
