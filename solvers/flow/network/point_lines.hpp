// From points and lines to vessels: what the readers of line files share.
#pragma once

#include <mpi.h>

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "ngv/error.hpp"
#include "solvers/flow/network/vessels.hpp"

namespace ngv::flow {

struct PointLines {
    std::vector<double> points;                         ///< [3 n] um
    std::vector<std::array<std::int64_t, 2>> segments;  ///< points of each vessel
    std::vector<double> point_diameter;                 ///< [n] um, or empty
    std::vector<double> segment_radius;                 ///< um, or empty; goes before point_diameter
    std::vector<std::int64_t> type;                     ///< of each vessel, or empty
};

/// This rank's block of the vessels; junctions are named by their points. UserError that names `file`.
inline Vessels vessels_of(MPI_Comm comm, const PointLines& lines, const std::string& file) {
    int rank = 0, size = 1;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    const auto points = static_cast<std::int64_t>(lines.points.size() / 3);
    Vessels v;
    const auto n = lines.segments.size();
    for (std::size_t i = n * rank / size; i < n * (rank + 1) / size; ++i) {
        double square = 0, diameters = 0;
        for (const auto p : lines.segments[i]) {
            if (p < 0 || p >= points)
                throw UserError({file, "vessel " + std::to_string(i) + " names point " + std::to_string(p),
                                 "points are 0 .. " + std::to_string(points - 1)});
            for (int k = 0; k < 3; ++k) v.ends.push_back(lines.points[3 * p + k]);
            if (!lines.point_diameter.empty()) {
                diameters += lines.point_diameter[p];
                v.end_diameter.push_back(static_cast<float>(lines.point_diameter[p]));
            }
        }
        const double* e = &v.ends[v.ends.size() - 6];
        for (int k = 0; k < 3; ++k) square += (e[3 + k] - e[k]) * (e[3 + k] - e[k]);
        const auto type = lines.type.empty() ? 0 : lines.type[i];
        if (type < 0 || type >= num_vessel_types)
            throw UserError(
                {file, "vessel " + std::to_string(i) + " has type " + std::to_string(type), "types are 0 .. 7"});
        v.id.push_back(static_cast<std::int64_t>(i));
        v.start_node.push_back(lines.segments[i][0]);
        v.end_node.push_back(lines.segments[i][1]);
        v.length.push_back(std::sqrt(square));
        v.radius.push_back(lines.segment_radius.empty() ? 0.25 * diameters : lines.segment_radius[i]);
        v.type.push_back(static_cast<VesselType>(type));
    }
    return v;
}

}  // namespace ngv::flow
