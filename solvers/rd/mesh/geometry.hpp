// Vectors in space, and the two formulas of tetrahedra that everything here rests on.
#pragma once

#include <array>
#include <cmath>

namespace ngv::rd {

using Point = std::array<double, 3>;

inline Point operator+(const Point& a, const Point& b) {
    return {a[0] + b[0], a[1] + b[1], a[2] + b[2]};
}
inline Point operator-(const Point& a, const Point& b) {
    return {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
}
inline Point operator*(double s, const Point& a) {
    return {s * a[0], s * a[1], s * a[2]};
}
inline double dot(const Point& a, const Point& b) {
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
inline Point cross(const Point& a, const Point& b) {
    return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}
inline double norm(const Point& a) {
    return std::sqrt(dot(a, a));
}

/// Positive when b, c, d turn counter-clockwise as seen from a's far side.
inline double signed_volume(const Point& a, const Point& b, const Point& c, const Point& d) {
    return dot(cross(b - a, c - a), d - a) / 6.0;
}

/// The normal of triangle abc times its area.
inline Point area_normal(const Point& a, const Point& b, const Point& c) {
    return 0.5 * cross(b - a, c - a);
}

}  // namespace ngv::rd
