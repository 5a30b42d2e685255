#include "solvers/rd/mesh/quality.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numbers>

namespace ngv::rd {

MeshQuality quality(const LocalMesh& mesh, MPI_Comm comm) {
    double sums[5] = {0, 0, 0, 0, 0};  // volume, shape, slivers, angle, inner sides
    double worst[4] = {std::numeric_limits<double>::max(), -std::numeric_limits<double>::max(),
                       std::numeric_limits<double>::max(), 0};
    for (std::int32_t i = 0; i < mesh.num_owned; ++i) {
        double squared_edges = 0;
        for (int a = 0; a < 4; ++a)
            for (int b = a + 1; b < 4; ++b) {
                const Point edge = mesh.corner(i, b) - mesh.corner(i, a);
                squared_edges += dot(edge, edge);
            }
        const double shape = 12.0 * std::pow(3.0 * mesh.volumes[i], 2.0 / 3.0) / squared_edges;
        sums[0] += mesh.volumes[i];
        sums[1] += shape;
        sums[2] += shape < 0.1;
        worst[0] = std::min(worst[0], mesh.volumes[i]);
        worst[1] = std::max(worst[1], mesh.volumes[i]);
        worst[2] = std::min(worst[2], shape);
        for (int k = 0; k < 4; ++k) {
            const auto j = mesh.neighbours[4 * i + k];
            if (j < 0) continue;
            const Point normal = mesh.outward_area(i, k), line = mesh.centroid(j) - mesh.centroid(i);
            const double angle = std::acos(std::clamp(dot(normal, line) / (norm(normal) * norm(line)), -1.0, 1.0)) *
                                 180.0 / std::numbers::pi;
            sums[3] += angle;
            sums[4] += 1;
            worst[3] = std::max(worst[3], angle);
        }
    }
    MPI_Allreduce(MPI_IN_PLACE, sums, 5, MPI_DOUBLE, MPI_SUM, comm);
    worst[0] = -worst[0];
    worst[2] = -worst[2];
    MPI_Allreduce(MPI_IN_PLACE, worst, 4, MPI_DOUBLE, MPI_MAX, comm);

    MeshQuality q;
    q.num_tetrahedra = mesh.num_global;
    q.volume_um3 = sums[0];
    q.smallest_volume_um3 = -worst[0];
    q.largest_volume_um3 = worst[1];
    q.worst_shape = -worst[2];
    q.mean_shape = sums[1] / static_cast<double>(mesh.num_global);
    q.num_slivers = static_cast<std::int64_t>(sums[2]);
    q.mean_angle_deg = sums[4] > 0 ? sums[3] / sums[4] : 0.0;
    q.largest_angle_deg = worst[3];
    return q;
}

std::string MeshQuality::text() const {
    return fmt::format(
        "{} tetrahedra, {:.6g} um3 ({:.3g} to {:.3g} um3 each), shape {:.2f} on average and {:.3f} at worst (1 is "
        "regular), {} slivers, "
        "non-orthogonality {:.0f} degrees on average and {:.0f} at worst",
        num_tetrahedra, volume_um3, smallest_volume_um3, largest_volume_um3, mean_shape, worst_shape, num_slivers,
        mean_angle_deg, largest_angle_deg);
}

}  // namespace ngv::rd
