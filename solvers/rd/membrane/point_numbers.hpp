// Rows of a linear system for points of the mesh, which ranks share: a point stands on the lowest rank that has it, and
// a rank's rows follow each other. No rank lists the points of the others.
//
//     rank 0 has points 3 5 8, rank 1 has 5 9     ->   rank 0: rows 0 1 2;  rank 1: 5 is row 1, 9 is row 3
#pragma once

#include <mpi.h>

#include <cstdint>
#include <vector>

namespace ngv::rd {

struct PointNumbers {
    std::vector<std::int64_t> rows;  ///< of each point here
    std::int64_t num_owned = 0;      ///< rows of this rank
    std::int64_t total = 0;
};

/// `points`: global indices, each once. Collective.
PointNumbers number_points(MPI_Comm comm, const std::vector<std::int64_t>& points);

}  // namespace ngv::rd
