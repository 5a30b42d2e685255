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
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "solvers/rd/mesh/geometry.hpp"
#include "solvers/rd/mesh/tet_mesh.hpp"

namespace ngv::rd {

/// Cells of any shape and who shares them: all that finite volumes, halo and linear systems need to know.
struct Cells {
    /// What this rank shares with one other: both list the same cells in the same order.
    struct Peer {
        int rank;
        std::vector<std::int32_t> sends;   ///< owned cells that are the peer's ghosts, by id
        std::int32_t first_ghost, ghosts;  ///< own ghosts that the peer owns
    };

    std::int64_t num_global = 0;
    std::int32_t num_interior = 0, num_owned = 0;
    std::vector<std::int64_t> ids;         ///< [num_local] global index
    std::vector<double> volumes;           ///< [num_local] um3; of triangles um2
    std::vector<double> centroids;         ///< [3 num_local] um
    std::vector<std::int32_t> neighbours;  ///< [4 num_owned] local index across face k, -1 at the boundary
    std::vector<Peer> peers = {};

    std::int32_t num_local() const { return static_cast<std::int32_t>(ids.size()); }
    std::int32_t num_ghosts() const { return num_local() - num_owned; }
    Point centroid(std::int32_t i) const { return {centroids[3 * i], centroids[3 * i + 1], centroids[3 * i + 2]}; }
};

struct LocalMesh : Cells {
    /// A named part of the mesh, here.
    struct Group {
        std::string name;
        int dimension = 3;
        std::vector<std::int32_t> members = {};  ///< local tetrahedra, ghosts as well; or triangles
    };

    std::vector<std::int64_t> nodes;  ///< [4 num_local] global index of each corner's point
    std::vector<double> corners;      ///< [12 num_local] um

    /// Triangles of the mesh's surface groups at which this rank owns a tetrahedron.
    std::vector<std::int64_t> triangle_ids;  ///< global index, ascending
    std::vector<std::int32_t>
        triangle_faces;         ///< [2 triangles] 4i+k from either side, that of the tetrahedron with the
                                ///< smaller global index first; -1: nothing behind
    std::vector<Group> groups;  ///< all of the mesh, on every rank

    Point corner(std::int32_t i, int k) const {
        return {corners[12 * i + 3 * k], corners[12 * i + 3 * k + 1], corners[12 * i + 3 * k + 2]};
    }
    /// UserError at `where` with the nearest name if there is no such group.
    const Group& group(const std::string& name, int dimension, const std::string& where) const;
    /// Normal of face k of tetrahedron i times its area, pointing out of i; exactly the negative of what the neighbour
    /// gets.
    Point outward_area(std::int32_t i, int k) const;
};

/// How the work is shared among ranks.
struct PartitionRules {
    std::map<std::string, int> cost = {};     ///< of a tetrahedron of a volume group, relative to 1; the largest counts
    std::vector<std::string> undivided = {};  ///< surface groups: both tetrahedra at a triangle go to the same rank
};

/// The rank of each tetrahedron, by METIS on the dual graph: the same for the same mesh, rules and number of parts. With
/// more parts than tetrahedra some ranks stay empty. Ranks may be unequal where undivided surfaces tie many tetrahedra
/// together.
std::vector<std::int32_t> partition(const TetMesh& mesh, const std::vector<std::int64_t>& neighbours, int parts,
                                    const PartitionRules& rules = {});
/// The cost of each tetrahedron by the rules.
std::vector<std::int32_t> costs(const TetMesh& mesh, const std::map<std::string, int>& cost);

/// Collective over comm. `read` runs on rank 0 alone and returns the whole mesh (checked and oriented); an exception
/// there is thrown on every rank. Rank 0 hands each rank its part; beyond this step nobody holds the whole.
LocalMesh distribute(MPI_Comm comm, const std::function<TetMesh()>& read, const PartitionRules& rules = {});

/// The mesh of a Gmsh file, coordinates times `unit_um`. Where Gmsh saved it in parts (mesh_1.msh, mesh_2.msh, ... in place
/// of mesh.msh), each rank reads its share of them and nobody ever holds the whole: with as many parts as ranks each keeps
/// its own; else they are partitioned in pieces (pieces.cpp). The global indices are those of the whole file. Throws one
/// UserError on every rank. Collective.
LocalMesh load_mesh(MPI_Comm comm, const std::filesystem::path& file, double unit_um, const PartitionRules& rules = {});

}  // namespace ngv::rd
