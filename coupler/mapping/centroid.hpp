// Where an element is: the middle of its geometry, or of the elements that it is connected to.
#pragma once

#include <mpi.h>

#include <span>
#include <vector>

#include "coupler/mapping/box.hpp"
#include "coupler/mapping/directory.hpp"
#include "coupler/mapping/mapping.hpp"

namespace ngv::mapping {

/// One point an element: mean of the corners of a tetrahedron, length-weighted middle of the pieces of a line. Of a set
/// without geometry: not-a-numbers.
std::vector<Point> centroids(const ElementSet& set);

/// For each of `ids` the weighted mean of the points of its partners; NaN for one without any partner that has a point.
/// `entries`: target one of `ids`, source one of the partners, whose points are on the ranks that `homes` names.
/// Collective.
std::vector<Point> centroids_of_partners(MPI_Comm comm, std::span<const std::int64_t> ids,
                                         const std::vector<Entry>& entries, std::span<const std::int64_t> partner_ids,
                                         const std::vector<Point>& partner_points, const Directory& homes);

}  // namespace ngv::mapping
