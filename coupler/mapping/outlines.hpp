// A few boxes of every rank, on every rank: who may have something near a piece or a point.
#pragma once

#include <mpi.h>

#include <vector>

#include "coupler/mapping/box.hpp"
#include "coupler/mapping/bvh.hpp"

namespace ngv::mapping {

class Outlines {
  public:
    /// `mine`: boxes that contain all that this rank has. Collective.
    Outlines(MPI_Comm comm, const std::vector<Box>& mine);

    /// Ranks with a box that the piece touches, ascending.
    std::vector<int> ranks_touched(const Piece& piece) const;

    /// The rank with the box nearest to the point, -1 if no rank has any.
    int nearest_rank(const Point& p) const;

    /// Ranks with a box within a squared distance of the point, ascending.
    std::vector<int> ranks_within(const Point& p, double squared) const;

  private:
    std::vector<int> rank_;
    std::vector<Box> boxes_;
    Bvh tree_;
};

}  // namespace ngv::mapping
