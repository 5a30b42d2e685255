// Tetrahedral meshes of tissue by Gmsh: a box or a convex hull, as MSH 4.1 binary in um, with the volume named "tissue".
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tools/circuit/circuit.hpp"
#include "tools/circuit/hull.hpp"
#include "tools/circuit/vasculature.hpp"

namespace ngv::circuit {

/// What the mesh fills.
struct MeshShape {
    Box box;                        ///< around everything
    std::optional<Hull> hull = {};  ///< in place of the box
    double volume() const { return hull ? hull->volume() : box.volume(); }
};

struct MeshSize {
    std::optional<double> edge = {};  ///< um; by default 11.5, or what gives two million tetrahedra
    MeshRefinement refine = MeshRefinement::none;
    int parts = 1;  ///< that the file is saved in
};

struct MeshCounts {
    std::int64_t tetrahedra = 0, nodes = 0;
    double edge = 0;                         ///< um, the size asked for
    double mean_shape = 0, worst_shape = 1;  ///< 12 (3 V)^(2/3) / sum of squared edges: 1 for regular ones
    std::int64_t slivers = 0;                ///< of a shape below 0.1
    std::string text() const;
};

/// Writes `file`, or its parts (file_1.msh, ...). Edges of size.edge; with refinement, half of that on vessels or somata (or both), growing with the distance from them.
MeshCounts write_mesh(const MeshSize& size, const MeshShape& shape, const VesselIndex& vessels,
                      const std::vector<Vec3>& somata, const std::filesystem::path& file);

}  // namespace ngv::circuit
