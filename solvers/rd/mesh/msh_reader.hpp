// Reads the tetrahedra of a Gmsh file: MSH 2.2 and 4.1, text and binary. Written by hand because the Gmsh SDK costs a
// process 91 shared libraries at every start, and because a linear pass over the file is all that is needed.
//
// Physical groups of volumes and surfaces become the mesh's groups, by name, or by number where they have none. Points
// and curves are skipped; of second-order elements the corners are taken; parametric coordinates are allowed. Nodes that
// nothing uses are dropped. Nodes and elements stand in the order of their numbers in the file.
#pragma once

#include <filesystem>

#include "solvers/rd/mesh/tet_mesh.hpp"

namespace ngv::rd {

/// All tetrahedra of a file, or of its parts, coordinates times `unit_um` (Gmsh files carry no unit). Throws UserError: file
/// missing, truncated, of another format or version.
TetMesh read_msh(const std::filesystem::path& file, double unit_um = 1.0);

/// In how many parts a mesh was saved (mesh_1.msh, mesh_2.msh, ... in place of mesh.msh); 0 if it is whole. Throws
/// UserError, with the nearest name, if there is neither.
int num_msh_parts(const std::filesystem::path& file);

/// Parts [begin, end) of those, counted from 0, as one. Throws as above, and where a part belongs to a mesh of more or
/// fewer parts than there are.
TetMesh read_msh_parts(const std::filesystem::path& file, int begin, int end, double unit_um = 1.0);

}  // namespace ngv::rd
