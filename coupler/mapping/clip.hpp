// A straight piece against a closed tetrahedron: the stretch of the piece that lies inside.
//
// Two tetrahedra that share a face compute that face's plane from the same three corners in the same (lexicographic)
// order, so both find the same bits for the place where the piece passes from one to the other.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>

#include "coupler/mapping/box.hpp"

namespace ngv::mapping {

/// A stretch of a piece, as fractions of its length; empty if end <= begin.
struct Stretch {
    double begin, end;
    bool empty() const { return !(begin < end); }
};

/// Four planes; normals have length 1 and point inwards, so n . (p - corner) is the distance in um.
struct Planes {
    std::array<double, 4> nx, ny, nz, cx, cy, cz;
};

struct Clipped {
    Stretch inside;  ///< in the closed tetrahedron; faces that contain the piece (within the tolerance) do not cut it
    Stretch near;    ///< the same with all faces moved outwards by the tolerance
};

/// The planes of the tetrahedron with these 4 corners (12 doubles). False if it is flatter than `tolerance`.
inline bool make_planes(const double* corners, double tolerance, Planes& planes) {
    std::array<Point, 4> c;
    for (int i = 0; i < 4; ++i) c[i] = {corners[3 * i], corners[3 * i + 1], corners[3 * i + 2]};
    const auto order = [&c](int i, int j) {
        const Point &a = c[i], &b = c[j];
        if (a.x != b.x ? a.x > b.x : a.y != b.y ? a.y > b.y : a.z > b.z) std::swap(c[i], c[j]);
    };
    order(0, 1), order(2, 3), order(0, 2), order(1, 3), order(1, 2);

    // Face f lacks corner 3 - f; its own corners stay in lexicographic order.
    static constexpr int face[4][4] = {{0, 1, 2, 3}, {0, 1, 3, 2}, {0, 2, 3, 1}, {1, 2, 3, 0}};
    bool solid = true;
    for (int f = 0; f < 4; ++f) {
        const Point &a = c[face[f][0]], &b = c[face[f][1]], &d = c[face[f][2]], &opposite = c[face[f][3]];
        const double ux = b.x - a.x, uy = b.y - a.y, uz = b.z - a.z, vx = d.x - a.x, vy = d.y - a.y, vz = d.z - a.z;
        double nx = uy * vz - uz * vy, ny = uz * vx - ux * vz, nz = ux * vy - uy * vx;
        const double length = std::sqrt(nx * nx + ny * ny + nz * nz);
        const double inverse = 1 / length;
        nx *= inverse, ny *= inverse, nz *= inverse;
        const double height = nx * (opposite.x - a.x) + ny * (opposite.y - a.y) + nz * (opposite.z - a.z);
        solid = solid && std::abs(height) > tolerance;  // false for NaN too
        const double sign = height < 0 ? -1.0 : 1.0;
        planes.nx[f] = sign * nx, planes.ny[f] = sign * ny, planes.nz[f] = sign * nz;
        planes.cx[f] = a.x, planes.cy[f] = a.y, planes.cz[f] = a.z;
    }
    return solid;
}

/// `tolerance` in um: well above the rounding of the coordinates, well below any length that matters.
inline Clipped clip(const Planes& planes, const Piece& piece, double tolerance) {
    std::array<double, 4> from, to;
    for (int f = 0; f < 4; ++f) {
        from[f] = planes.nx[f] * (piece.from.x - planes.cx[f]) + planes.ny[f] * (piece.from.y - planes.cy[f]) +
                  planes.nz[f] * (piece.from.z - planes.cz[f]);
        to[f] = planes.nx[f] * (piece.to.x - planes.cx[f]) + planes.ny[f] * (piece.to.y - planes.cy[f]) +
                planes.nz[f] * (piece.to.z - planes.cz[f]);
    }
    constexpr Stretch none{1.0, 0.0};
    const auto cut = [none](Stretch& s, double d0, double d1) {
        if (d0 >= 0 && d1 >= 0) return;
        if (d0 < 0 && d1 < 0)
            s = none;
        else if (d0 < 0)
            s.begin = std::max(s.begin, d0 / (d0 - d1));
        else
            s.end = std::min(s.end, d0 / (d0 - d1));
    };
    Clipped result{{0.0, 1.0}, {0.0, 1.0}};
    for (int f = 0; f < 4; ++f) {
        if (from[f] < -tolerance && to[f] < -tolerance) return {none, none};
        cut(result.near, from[f] + tolerance, to[f] + tolerance);
        const bool in_plane = std::abs(from[f]) <= tolerance && std::abs(to[f]) <= tolerance;
        if (!in_plane && !(result.inside.begin > result.inside.end)) cut(result.inside, from[f], to[f]);
    }
    return result;
}

}  // namespace ngv::mapping
