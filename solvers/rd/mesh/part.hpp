// A rank's part of the mesh as it travels, in global numbers, and what is made of it.
#pragma once

#include "solvers/rd/mesh/local_mesh.hpp"

namespace ngv::rd {

// What rank 0 sends to one rank. Ghosts stand behind the owned.
struct Part {
    std::int64_t num_global = 0, num_owned = 0;
    std::vector<std::int64_t> ids;
    std::vector<std::int32_t> owners;      // [all]
    std::vector<std::int64_t> nodes;       // [4 all]
    std::vector<double> corners;           // [12 all]
    std::vector<std::int64_t> neighbours;  // [4 owned] global
    // Number of triangles; of each its global index and two faces (4 * place in `ids` + k, or -1). Then of each group
    // its number of members and the members (places in `ids`, or triangles here).
    std::vector<std::int64_t> surfaces;
};

/// Numbers the part locally; `names` are all groups of the file, without members.
LocalMesh local_mesh_of(const Part& part, const std::vector<MeshGroup>& names);

}  // namespace ngv::rd
