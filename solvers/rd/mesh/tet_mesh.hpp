// A whole tetrahedral mesh as it was read, on one rank. It lives only until it has been distributed (local_mesh.hpp).
//
//     TetMesh mesh = read_msh("tissue.msh");             // msh_reader.hpp
//     repair_and_check(mesh);                            // orientation; throws UserError
//     auto neighbours = face_neighbours(mesh);
//
// The global index of a tetrahedron is its place in the file. Face k of a tetrahedron is the one opposite its corner k.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ngv::rd {

struct TetMesh {
    std::string name;                   ///< the file, for messages
    std::vector<double> points;         ///< um, 3 a node
    std::vector<std::int64_t> corners;  ///< 4 node indices a tetrahedron

    std::int64_t num_points() const { return static_cast<std::int64_t>(points.size() / 3); }
    std::int64_t num_tetrahedra() const { return static_cast<std::int64_t>(corners.size() / 4); }
};

/// Makes every volume positive by swapping two corners. Throws UserError for a mesh without tetrahedra, a node index
/// out of range, a coordinate that is not finite, or a tetrahedron without volume. Returns how many were turned round.
std::int64_t repair_and_check(TetMesh& mesh);

/// The mesh after repair_and_check().
inline TetMesh checked(TetMesh mesh) {
    repair_and_check(mesh);
    return mesh;
}

/// [4n] index of the tetrahedron across face k of tetrahedron i at 4i+k, or -1 at the mesh's boundary. Linear in n.
/// Throws UserError where the mesh does not conform: three tetrahedra at one face, or two faces at the same place whose
/// nodes differ (parts that were not merged).
std::vector<std::int64_t> face_neighbours(const TetMesh& mesh);

/// A box of nx * ny * nz cubes, six tetrahedra each (Kuhn's division). `distortion` moves every inner node at random
/// (always the same way) by up to that share of the cell's size, which makes the faces non-orthogonal: 0.2 resembles a
/// mesher's output.
TetMesh box_mesh(double lx, double ly, double lz, int nx, int ny, int nz, double distortion = 0.0);

}  // namespace ngv::rd
