// A mesh around a circuit that is there already: its cells with all their branches, and its vessels.
//
//     ngv::MeshAround options{.circuit = "circuit_config.json", .out = "mesh.msh"};
//     options.shape = ngv::MeshAround::Shape::hull;
//     ngv::mesh_around(options);
//
//      box                 hull          `margin` um are left between the cells and the mesh's surface
//     +--------------+       ______
//     |  \Y/  \Y/    |      / \Y/  \.
//     |   O    O  =  |     |   O  = |
//     +--------------+      \______/
#pragma once

#include <filesystem>
#include <optional>

#include "tools/circuit/circuit.hpp"

namespace ngv {

struct MeshAround {
    enum class Shape { box, hull };
    std::filesystem::path circuit, out;
    Shape shape = Shape::box;
    double margin = 10;                 ///< um
    std::optional<double> mesh_size{};  ///< um, edges of tetrahedra; by default 11.5, or what gives two million of them
    MeshRefinement refine = MeshRefinement::none;
    int parts = 1;  ///< files: with more than one, mesh_1.msh, mesh_2.msh, ... in place of mesh.msh
};

/// Writes options.out. Populations without a shape (inputs) are left out. Throws UserError.
void mesh_around(const MeshAround& options);

}  // namespace ngv
