// For tests and benchmarks: a box of n x n x n cubes, each cut into 6 tetrahedra along its diagonal (Kuhn 1960), under
// any affine map.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <random>
#include <vector>

#include "coupler/mapping/mapping.hpp"

namespace ngv::mapping {

using Vector = std::array<double, 3>;

/// x -> matrix x + shift.
struct Affine {
    std::array<Vector, 3> matrix{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    Vector shift{0, 0, 0};
    Vector operator()(const Vector& x) const {
        Vector y = shift;
        for (int i = 0; i < 3; ++i)
            for (int j = 0; j < 3; ++j) y[i] += matrix[i][j] * x[j];
        return y;
    }
};

/// Moves the inside of the box [0, size]^3, so that a mesh of it has no planes through many tetrahedra; the surface
/// stays.
struct Bend {
    double size, amount;
    Vector operator()(const Vector& x) const {
        double inside = amount;
        for (const double c : x) inside *= std::sin(std::numbers::pi * c / size);
        Vector y = x;
        for (int i = 0; i < 3; ++i)
            if (x[i] > 0 && x[i] < size) y[i] += inside * std::sin(7 * x[(i + 1) % 3] + 3 * x[(i + 2) % 3]);
        return y;
    }
};

/// A rotation and shear with entries of order 1, and a shift of order `far`.
inline Affine random_affine(std::mt19937_64& random, double far) {
    std::uniform_real_distribution<double> part(-0.4, 0.4);
    Affine a;
    for (auto& row : a.matrix)
        for (auto& v : row) v += part(random);
    for (auto& v : a.shift) v = far * part(random);
    return a;
}

/// Tetrahedra 0, 1, ... of the box [0, size]^3, its nodes mapped by `map`.
template <class Map = Affine>
ElementSet box_mesh(int n, double size, const Map& map = {}) {
    static constexpr int order[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    ElementSet mesh{.name = "tetrahedra", .geometry = Geometry::tetrahedra};
    std::mt19937 random(1);
    for (int cube = 0; cube < n * n * n; ++cube) {
        for (const auto& axes : order) {
            std::array<int, 3> node{cube % n, cube / n % n, cube / n / n};
            std::array<Vector, 4> corners;
            for (int corner = 0; corner < 4; ++corner) {
                if (corner > 0) ++node[axes[corner - 1]];
                corners[corner] = map({size * node[0] / n, size * node[1] / n, size * node[2] / n});
            }
            // No help from a common order of the corners: another one for each tetrahedron.
            std::shuffle(corners.begin(), corners.end(), random);
            for (const auto& p : corners) mesh.coordinates.insert(mesh.coordinates.end(), p.begin(), p.end());
            mesh.ids.push_back(static_cast<std::int64_t>(mesh.ids.size()));
        }
    }
    return mesh;
}

inline void add_line(ElementSet& lines, const Vector& a, const Vector& b) {
    if (lines.piece_offsets.empty()) lines.piece_offsets.push_back(0);
    lines.ids.push_back(static_cast<std::int64_t>(lines.ids.size()));
    lines.coordinates.insert(lines.coordinates.end(), a.begin(), a.end());
    lines.coordinates.insert(lines.coordinates.end(), b.begin(), b.end());
    lines.piece_offsets.push_back(static_cast<std::int64_t>(lines.coordinates.size() / 6));
}

}  // namespace ngv::mapping
