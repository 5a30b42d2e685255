// Where a model's compartments and patches are on this rank's part of the mesh.
//
//     const RegionMap regions = regions_of(mesh, model, comm);
//     regions.compartment[i]             // of local tetrahedron i, ghosts as well
//     for (const auto& f : regions.faces) mesh.outward_area(f.inside, f.face);
#pragma once

#include <mpi.h>

#include <cstdint>
#include <vector>

#include "solvers/rd/mesh/local_mesh.hpp"
#include "solvers/rd/model/model.hpp"

namespace ngv::rd {

/// A face of the mesh that belongs to a patch. It stands on the rank that owns the tetrahedron inside.
struct PatchFace {
    int patch = 0;
    std::int32_t inside = 0;    ///< owned tetrahedron
    int face = 0;               ///< of that tetrahedron; what lies behind is neighbours[4 * inside + face]
    std::int64_t triangle = 0;  ///< global index
};

struct RegionMap {
    std::vector<std::int16_t> compartment;  ///< [num_local]
    std::vector<PatchFace> faces;           ///< by patch, then by triangle
    /// [num_boundaries] faces (4i+k) of owned tetrahedra, from either side, that belong to a diffusion boundary.
    std::vector<std::vector<std::int32_t>> boundary_faces;
};

/// From the mesh's physical groups. Throws one UserError on every rank for groups that do not exist, for tetrahedra in
/// no compartment or in two, and for triangles of a patch or boundary that do not lie between its compartments.
/// Collective.
RegionMap regions_of(const LocalMesh& mesh, const Model& model, MPI_Comm comm);

/// How to partition for a model: both sides of a patch on one rank, tetrahedra weighted by what is in them.
PartitionRules partition_rules(const Model& model);

}  // namespace ngv::rd
