// Reads the tetrahedra of a Gmsh file: MSH 2.2 and 4.1, text and binary. Written by hand because the Gmsh SDK costs a
// process 91 shared libraries at every start, and because a linear pass over the file is all that is needed.
//
// Physical groups of volumes and surfaces become the mesh's groups, by name, or by number where they have none. Points
// and curves are skipped; of second-order elements the corners are taken; parametric coordinates are allowed. Nodes that
// nothing uses are dropped. A mesh that Gmsh saved in parts (mesh_1.msh, mesh_2.msh, ...) is read by the name of the
// whole.
#pragma once

#include <filesystem>

#include "solvers/rd/mesh/tet_mesh.hpp"

namespace ngv::rd {

/// The file's tetrahedra in the order of the file, coordinates times `unit_um` (Gmsh files carry no unit). Throws
/// UserError: file missing, truncated, of another format or version.
TetMesh read_msh(const std::filesystem::path& file, double unit_um = 1.0);

/// Throws UserError, with the nearest name, unless there is a file or a first part of that name.
void require_msh(const std::filesystem::path& file);

}  // namespace ngv::rd
