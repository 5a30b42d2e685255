#include "solvers/common/placement.hpp"

#include <cmath>

#include "ngv/error.hpp"

namespace ngv {

std::array<double, 3> Placement::apply(const std::array<double, 3>& p) const {
    const auto [w0, x0, y0, z0] = orientation;
    const double norm = std::sqrt(w0 * w0 + x0 * x0 + y0 * y0 + z0 * z0);
    const double w = w0 / norm, x = x0 / norm, y = y0 / norm, z = z0 / norm;
    // p + 2 w (q x p) + 2 q x (q x p), with q the vector part
    const std::array<double, 3> c = {y * p[2] - z * p[1], z * p[0] - x * p[2], x * p[1] - y * p[0]};
    return {position[0] + p[0] + 2 * (w * c[0] + y * c[2] - z * c[1]),
            position[1] + p[1] + 2 * (w * c[1] + z * c[0] - x * c[2]),
            position[2] + p[2] + 2 * (w * c[2] + x * c[1] - y * c[0])};
}

std::array<double, 4> Placement::from_angles(double ax, double ay, double az) {
    // The product Rz * Ry * Rx, as quaternions.
    const double cx = std::cos(ax / 2), sx = std::sin(ax / 2), cy = std::cos(ay / 2), sy = std::sin(ay / 2),
                 cz = std::cos(az / 2), sz = std::sin(az / 2);
    return {cz * cy * cx + sz * sy * sx, cz * cy * sx - sz * sy * cx, cz * sy * cx + sz * cy * sx,
            sz * cy * cx - cz * sy * sx};
}

std::vector<Placement> read_placements(const NodePopulation& nodes, std::span<const std::int64_t> node_ids) {
    std::vector<Placement> placements(node_ids.size());
    const char* axes[] = {"x", "y", "z"};
    for (std::size_t a = 0; a < 3; ++a) {
        if (!nodes.has(axes[a])) continue;
        const auto values = nodes.numbers(axes[a], node_ids, 0.0);
        for (std::size_t i = 0; i < values.size(); ++i) placements[i].position[a] = values[i];
    }
    if (nodes.has("orientation_w")) {
        const char* names[] = {"orientation_w", "orientation_x", "orientation_y", "orientation_z"};
        for (std::size_t c = 0; c < 4; ++c) {
            const auto values = nodes.numbers(names[c], node_ids, c == 0 ? 1.0 : 0.0);
            for (std::size_t i = 0; i < values.size(); ++i) placements[i].orientation[c] = values[i];
        }
        for (std::size_t i = 0; i < placements.size(); ++i) {
            const auto& q = placements[i].orientation;
            if (q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3] > 0) continue;
            throw UserError(Problem{"nodes population '" + nodes.name() + "'",
                                    "the orientation of node " + std::to_string(node_ids[i]) + " is zero",
                                    "no turn is w=1 x=0 y=0 z=0"});
        }
        return placements;
    }
    const char* angles[] = {"rotation_angle_xaxis", "rotation_angle_yaxis", "rotation_angle_zaxis"};
    if (!nodes.has(angles[0]) && !nodes.has(angles[1]) && !nodes.has(angles[2])) return placements;
    std::array<std::vector<double>, 3> turns;
    for (std::size_t a = 0; a < 3; ++a) {
        turns[a] =
            nodes.has(angles[a]) ? nodes.numbers(angles[a], node_ids, 0.0) : std::vector<double>(node_ids.size(), 0.0);
    }
    for (std::size_t i = 0; i < placements.size(); ++i)
        placements[i].orientation = Placement::from_angles(turns[0][i], turns[1][i], turns[2][i]);
    return placements;
}

}  // namespace ngv
