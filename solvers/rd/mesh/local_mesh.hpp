// One rank's part of a mesh: the tetrahedra it owns, and one layer of ghosts behind their faces.
//
//      rank 0            rank 1                 local numbering
//   +----+----+----+ | +----+----+              [0, num_interior)           owned, all neighbours owned
//   | in | in | su |g| | su | in |              [num_interior, num_owned)   owned, at a ghost ("surface")
//   +----+----+----+ | +----+----+              [num_owned, num_local)      ghosts, by owner, then by id
//                  ghost of rank 0: rank 1's su, and the other way round
//
// Owned tetrahedra are numbered along a space-filling curve, so that neighbours are near in memory.
#pragma once

#include <mpi.h>

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "solvers/rd/mesh/geometry.hpp"
#include "solvers/rd/mesh/tet_mesh.hpp"

namespace ngv::rd {

struct LocalMesh {
    /// What this rank shares with one other: both list the same tetrahedra in the same order.
    struct Peer {
        int rank;
        std::vector<std::int32_t> sends;   ///< owned tetrahedra that are the peer's ghosts, by id
        std::int32_t first_ghost, ghosts;  ///< own ghosts that the peer owns
    };

    std::int64_t num_global = 0;
    std::int32_t num_interior = 0, num_owned = 0;
    std::vector<std::int64_t> ids;         ///< [num_local] global index
    std::vector<std::int64_t> nodes;       ///< [4 num_local] global index of each corner's point
    std::vector<double> corners;           ///< [12 num_local] um
    std::vector<double> volumes;           ///< [num_local] um3
    std::vector<double> centroids;         ///< [3 num_local] um
    std::vector<std::int32_t> neighbours;  ///< [4 num_owned] local index across face k, -1 at the boundary
    std::vector<Peer> peers;

    std::int32_t num_local() const { return static_cast<std::int32_t>(ids.size()); }
    std::int32_t num_ghosts() const { return num_local() - num_owned; }
    Point corner(std::int32_t i, int k) const {
        return {corners[12 * i + 3 * k], corners[12 * i + 3 * k + 1], corners[12 * i + 3 * k + 2]};
    }
    Point centroid(std::int32_t i) const { return {centroids[3 * i], centroids[3 * i + 1], centroids[3 * i + 2]}; }
    /// Normal of face k of tetrahedron i times its area, pointing out of i; exactly the negative of what the neighbour
    /// gets.
    Point outward_area(std::int32_t i, int k) const;
};

/// The rank of each tetrahedron, by METIS on the dual graph: the same for the same mesh and number of parts. With more
/// parts than tetrahedra some ranks stay empty.
std::vector<std::int32_t> partition(const TetMesh& mesh, const std::vector<std::int64_t>& neighbours, int parts);

/// Collective over comm. `read` runs on rank 0 alone and returns the whole mesh (checked and oriented); an exception
/// there is thrown on every rank. Rank 0 hands each rank its part; beyond this step nobody holds the whole.
LocalMesh distribute(MPI_Comm comm, const std::function<TetMesh()>& read);

}  // namespace ngv::rd
