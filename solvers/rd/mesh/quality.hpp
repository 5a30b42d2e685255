// How good a mesh is for finite volumes, in a few numbers.
#pragma once

#include <mpi.h>

#include <string>

#include "solvers/rd/mesh/local_mesh.hpp"

namespace ngv::rd {

struct MeshQuality {
    std::int64_t num_tetrahedra = 0;
    double volume_um3 = 0.0;  ///< all together
    double smallest_volume_um3 = 0.0, largest_volume_um3 = 0.0;
    double worst_shape = 0.0, mean_shape = 0.0;  ///< 1 regular, 0 flat: 12 (3 V)^(2/3) / sum of squared edges
    std::int64_t num_slivers = 0;                ///< shape below 0.1
    double mean_angle_deg = 0.0,
           largest_angle_deg = 0.0;  ///< between a face's normal and the line through the two centroids

    std::string text() const;
};

/// Collective.
MeshQuality quality(const LocalMesh& mesh, MPI_Comm comm);

}  // namespace ngv::rd
