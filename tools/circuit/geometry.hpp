// Points, boxes and distances, in um.
#pragma once

#include <algorithm>
#include <cmath>

namespace ngv::circuit {

struct Vec3 {
    double x = 0, y = 0, z = 0;
};

constexpr Vec3 operator+(Vec3 a, Vec3 b) {
    return {a.x + b.x, a.y + b.y, a.z + b.z};
}
constexpr Vec3 operator-(Vec3 a, Vec3 b) {
    return {a.x - b.x, a.y - b.y, a.z - b.z};
}
constexpr Vec3 operator*(Vec3 a, double s) {
    return {a.x * s, a.y * s, a.z * s};
}
constexpr Vec3 operator*(double s, Vec3 a) {
    return a * s;
}
constexpr double dot(Vec3 a, Vec3 b) {
    return a.x * b.x + a.y * b.y + a.z * b.z;
}
constexpr Vec3 cross(Vec3 a, Vec3 b) {
    return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
inline double norm(Vec3 a) {
    return std::sqrt(dot(a, a));
}
inline double distance(Vec3 a, Vec3 b) {
    return norm(a - b);
}
/// A unit vector; `fallback` for a vector of length zero.
inline Vec3 unit(Vec3 a, Vec3 fallback = {0, 1, 0}) {
    const double n = norm(a);
    return n > 1e-12 ? a * (1 / n) : fallback;
}
/// The nearest multiple of 1/n in every coordinate: what a file holds is what was computed with.
inline Vec3 rounded(Vec3 a, double n) {
    return {std::round(a.x * n) / n, std::round(a.y * n) / n, std::round(a.z * n) / n};
}
/// Any unit vector at a right angle to `a`, turned around it by `angle`.
inline Vec3 perpendicular(Vec3 a, double angle) {
    const Vec3 e = unit(cross(a, std::abs(a.y) < 0.9 ? Vec3{0, 1, 0} : Vec3{1, 0, 0}));
    return e * std::cos(angle) + cross(unit(a), e) * std::sin(angle);
}

struct Box {
    Vec3 low, high;
    Box shrunk(double margin) const {
        return {low + Vec3{margin, margin, margin}, high - Vec3{margin, margin, margin}};
    }
    bool contains(Vec3 p) const {
        return p.x >= low.x && p.x <= high.x && p.y >= low.y && p.y <= high.y && p.z >= low.z && p.z <= high.z;
    }
    Vec3 clamp(Vec3 p) const {
        return {std::clamp(p.x, low.x, high.x), std::clamp(p.y, low.y, high.y), std::clamp(p.z, low.z, high.z)};
    }
    Vec3 size() const { return high - low; }
    double volume() const { return size().x * size().y * size().z; }
};

/// Where on the piece a-b (0 at a, 1 at b) the point nearest to p lies.
inline double nearest_on(Vec3 a, Vec3 b, Vec3 p) {
    const double l2 = dot(b - a, b - a);
    return l2 > 0 ? std::clamp(dot(p - a, b - a) / l2, 0.0, 1.0) : 0.0;
}

}  // namespace ngv::circuit
