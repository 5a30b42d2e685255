// A whole tetrahedral mesh as it was read, on one rank. It lives only until it has been distributed (local_mesh.hpp).
//
//     TetMesh mesh = read_msh("tissue.msh");             // msh_reader.hpp
//     repair_and_check(mesh);                            // orientation; throws UserError
//     auto neighbours = face_neighbours(mesh);
//
// The global index of a tetrahedron is its place among the element numbers of the file. Face k of a tetrahedron is the one opposite its corner k.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ngv::rd {

/// Tetrahedra or triangles with a common name, e.g. a compartment or a membrane.
struct MeshGroup {
    std::string name;
    int dimension = 3;                  ///< 3 or 2
    std::vector<std::int64_t> members;  ///< tetrahedra or triangles
};

struct TetMesh {
    std::string name;                          ///< the file, for messages
    std::vector<double> points = {};           ///< um, 3 a node
    std::vector<std::int64_t> corners = {};    ///< 4 node indices a tetrahedron
    std::vector<std::int64_t> triangles = {};  ///< 3 node indices a triangle that belongs to a group
    std::vector<MeshGroup> groups = {};
    /// Numbers that the file gave to nodes, tetrahedra and triangles, ascending: the files of a partitioned mesh name by
    /// them what they share. Empty in a mesh that is of no file.
    std::vector<std::int64_t> point_tags = {}, tetrahedron_tags = {}, triangle_tags = {};

    std::int64_t num_points() const { return static_cast<std::int64_t>(points.size() / 3); }
    std::int64_t num_tetrahedra() const { return static_cast<std::int64_t>(corners.size() / 4); }
    std::int64_t num_triangles() const { return static_cast<std::int64_t>(triangles.size() / 3); }
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

/// [2n] for each triangle 4i+k of the one or two tetrahedra that have it as face k, the smaller i first; -1 for none.
std::vector<std::int64_t> faces_of_triangles(const TetMesh& mesh, const std::vector<std::int64_t>& neighbours);

/// Makes triangles of faces (4i+k, each from one side only) and a group of them.
void add_surface(TetMesh& mesh, const std::string& name, const std::vector<std::int64_t>& faces);

/// A box of nx * ny * nz cubes, six tetrahedra each (Kuhn's division). `distortion` moves every inner node at random
/// (always the same way) by up to that share of the cell's size, which makes the faces non-orthogonal: 0.2 resembles a
/// mesher's output.
TetMesh box_mesh(double lx, double ly, double lz, int nx, int ny, int nz, double distortion = 0.0);

}  // namespace ngv::rd
