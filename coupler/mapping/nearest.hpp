// The nearest of many points that are spread over the ranks.
#pragma once

#include <mpi.h>

#include <cstdint>
#include <span>
#include <vector>

#include "coupler/mapping/box.hpp"

namespace ngv::mapping {

struct Neighbour {
    std::int64_t id = -1;  ///< -1: there is no candidate at all
    int home = -1;
    double distance = 0;  ///< um
};

/// For each query point the nearest candidate of all ranks, of equally near ones that with the smallest id. Candidates
/// that are NaN are left out; queries must not be NaN. Collective.
std::vector<Neighbour> nearest(MPI_Comm comm, std::span<const Point> queries, std::span<const std::int64_t> ids,
                               std::span<const Point> points);

}  // namespace ngv::mapping
