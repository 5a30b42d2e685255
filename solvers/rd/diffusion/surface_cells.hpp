// Triangles of patches as cells that finite volumes understand, with the triangles of other ranks behind their edges.
//
// Neighbours are triangles of the same patch that share an edge. Where more than two meet at an edge nothing passes it.
// A curved surface is unfolded at each edge: distances run along the surface, and a gradient lies in its triangle.
#pragma once

#include <mpi.h>

#include <vector>

#include "solvers/rd/diffusion/finite_volumes.hpp"
#include "solvers/rd/mesh/region_map.hpp"

namespace ngv::rd {

struct SurfaceCells {
    Cells cells;                     ///< the owned in the order of RegionMap::faces, but see `face`
    std::vector<std::int32_t> face;  ///< [owned] index in RegionMap::faces
    std::vector<Point> corners;      ///< [3 local]
    CellShape shape() const;

    /// Collective. Every rank sees all triangles of the patches for a moment.
    SurfaceCells(const LocalMesh& mesh, const RegionMap& regions, MPI_Comm comm);
};

}  // namespace ngv::rd
