// Points, straight pieces and axis-parallel boxes.
#pragma once

#include <algorithm>
#include <cmath>

namespace ngv::mapping {

struct Point {
    double x, y, z;
};

struct Piece {
    Point from, to;
};

/// Axis-parallel box.
struct Box {
    Point low{HUGE_VAL, HUGE_VAL, HUGE_VAL}, high{-HUGE_VAL, -HUGE_VAL, -HUGE_VAL};
    void add(const Point& p) {
        low = {std::min(low.x, p.x), std::min(low.y, p.y), std::min(low.z, p.z)};
        high = {std::max(high.x, p.x), std::max(high.y, p.y), std::max(high.z, p.z)};
    }
    void add(const Box& b) { add(b.low), add(b.high); }
    Box padded(double by) const {
        return {{low.x - by, low.y - by, low.z - by}, {high.x + by, high.y + by, high.z + by}};
    }
};

/// A piece prepared for tests against many boxes: separating axes (Ericson 2005, Real-Time Collision Detection, 5.3.3).
struct BoxTest {
    explicit BoxTest(const Piece& p)
        : middle{0.5 * (p.from.x + p.to.x), 0.5 * (p.from.y + p.to.y), 0.5 * (p.from.z + p.to.z)},
          half{0.5 * (p.to.x - p.from.x), 0.5 * (p.to.y - p.from.y), 0.5 * (p.to.z - p.from.z)},
          extent{std::abs(half.x), std::abs(half.y), std::abs(half.z)} {}

    bool touches(const Box& b) const {
        const Point e{0.5 * (b.high.x - b.low.x), 0.5 * (b.high.y - b.low.y), 0.5 * (b.high.z - b.low.z)};
        const Point m{middle.x - 0.5 * (b.low.x + b.high.x), middle.y - 0.5 * (b.low.y + b.high.y),
                      middle.z - 0.5 * (b.low.z + b.high.z)};
        return std::abs(m.x) <= e.x + extent.x && std::abs(m.y) <= e.y + extent.y && std::abs(m.z) <= e.z + extent.z &&
               std::abs(m.y * half.z - m.z * half.y) <= e.y * extent.z + e.z * extent.y &&
               std::abs(m.z * half.x - m.x * half.z) <= e.x * extent.z + e.z * extent.x &&
               std::abs(m.x * half.y - m.y * half.x) <= e.x * extent.y + e.y * extent.x;
    }

    Point middle, half, extent;
};

/// Of a point from a box, 0 inside.
inline double squared_distance(const Point& p, const Box& b) {
    const double x = std::max({b.low.x - p.x, 0.0, p.x - b.high.x}), y = std::max({b.low.y - p.y, 0.0, p.y - b.high.y}),
                 z = std::max({b.low.z - p.z, 0.0, p.z - b.high.z});
    return x * x + y * y + z * z;
}

}  // namespace ngv::mapping
