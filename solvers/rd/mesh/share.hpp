// What a rank holds of a mesh between reading and dealing out: tetrahedra as they came, and who has what lies behind their
// faces.
//
//     read     rank 0 the whole file, or each rank some files of a partitioned mesh      Share
//     join     faces that only one rank's tetrahedra have are matched over all ranks     Joints
//     choose   a rank for each tetrahedron (partition(), or by pieces)
//     deal     every tetrahedron to its rank, and to those of its neighbours as a ghost  LocalMesh
#pragma once

#include "solvers/rd/mesh/local_mesh.hpp"

namespace ngv::rd {

struct Share {
    TetMesh mesh;                                             ///< in local numbers
    std::vector<std::int64_t> points, tetrahedra, triangles;  ///< global index of each; the last two ascend
    std::int64_t num_global = 0;

    /// Local number of a tetrahedron that is here.
    std::int64_t place(std::int64_t tetrahedron) const;
};

struct Joints {
    std::vector<std::int64_t> here;              ///< [4n] local number of the neighbour; -1: elsewhere or none
    std::vector<std::int64_t> neighbours;        ///< [4n] global index or -1
    std::vector<std::int32_t> holders;           ///< [4n] the rank that holds the neighbour, or -1
    std::vector<std::int64_t> triangle_faces;    ///< [2 triangles] 4 * global index + k, the smaller first; or -1
    std::vector<std::int32_t> triangle_holders;  ///< [2 triangles] the rank that holds that tetrahedron, or -1
};

/// Throws one UserError on every rank where the mesh does not conform. Collective, as all below.
Joints join(MPI_Comm comm, const Share& share);

/// The neighbours' values [4n] of a value of each tetrahedron; -1 where there is no neighbour.
std::vector<std::int32_t> across(MPI_Comm comm, const Share& share, const Joints& joints,
                                 const std::vector<std::int32_t>& values);

/// A rank for each tetrahedron by the costs of `rules`, without anybody seeing the whole.
std::vector<std::int32_t> partition_by_pieces(MPI_Comm comm, const Share& share, const Joints& joints,
                                              const PartitionRules& rules);

/// Moves tetrahedra between the ranks of `owner` until both sides of every undivided triangle are on one.
void unite(MPI_Comm comm, const Share& share, const Joints& joints, const PartitionRules& rules,
           std::vector<std::int32_t>& owner);

LocalMesh deal_out(MPI_Comm comm, Share share, Joints joints, std::vector<std::int32_t> owner);

}  // namespace ngv::rd
