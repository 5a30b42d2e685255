// Two boxes of 10 um that share a named face, meshed by Gmsh.
#pragma once

#include <gmsh.h>

#include <string>
#include <vector>

namespace rd_test {

/// Opens Gmsh and leaves the mesh in it, with the groups "left", "right" and `wall`.
inline void mesh_two_boxes(double size, const std::string& wall) {
    gmsh::initialize();
    gmsh::option::setNumber("General.Terminal", 0);
    gmsh::option::setNumber("General.NumThreads", 1);
    gmsh::option::setNumber("Mesh.MeshSizeMin", size);
    gmsh::option::setNumber("Mesh.MeshSizeMax", size);
    gmsh::model::occ::addBox(0, 0, 0, 10, 10, 10, 1);
    gmsh::model::occ::addBox(10, 0, 0, 10, 10, 10, 2);
    gmsh::vectorpair out;
    std::vector<gmsh::vectorpair> map;
    gmsh::model::occ::fragment({{3, 1}}, {{3, 2}}, out, map);
    gmsh::model::occ::synchronize();
    gmsh::vectorpair surfaces;
    gmsh::model::getEntitiesInBoundingBox(9.9, -1, -1, 10.1, 11, 11, surfaces, 2);
    for (const int volume : {1, 2}) {
        const int group = gmsh::model::addPhysicalGroup(3, {volume});
        gmsh::model::setPhysicalName(3, group, volume == 1 ? "left" : "right");
    }
    gmsh::model::setPhysicalName(2, gmsh::model::addPhysicalGroup(2, {surfaces.at(0).second}), wall);
    gmsh::model::mesh::generate(3);
    gmsh::option::setNumber("Mesh.PartitionCreateTopology", 1);
    gmsh::option::setNumber("Mesh.PartitionSplitMeshFiles", 1);
}

}  // namespace rd_test
