// A rank's part of the mesh in global numbers, and what is made of it.
#pragma once

#include "solvers/rd/mesh/local_mesh.hpp"

namespace ngv::rd {

// Ghosts stand behind the owned.
struct Part {
    std::int64_t num_global = 0, num_owned = 0;
    std::vector<std::int64_t> ids;
    std::vector<std::int32_t> owners;          // [all]
    std::vector<std::int64_t> nodes;           // [4 all]
    std::vector<double> corners;               // [12 all]
    std::vector<std::int64_t> neighbours;      // [4 owned] global
    std::vector<std::int64_t> triangles;       // global, ascending
    std::vector<std::int64_t> triangle_faces;  // [2 triangles] 4 * place in `ids` + k, or -1
    std::vector<MeshGroup> groups;             // all of the mesh; members are places in `ids` or `triangles`
};

/// Numbers the part locally.
LocalMesh local_mesh_of(const Part& part);

}  // namespace ngv::rd
