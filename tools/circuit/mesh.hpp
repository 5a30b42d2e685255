// The tetrahedral mesh of the tissue box, by Gmsh, as MSH 4.1 binary in um, with the volume named "tissue".
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "tools/circuit/circuit.hpp"
#include "tools/circuit/vasculature.hpp"

namespace ngv::circuit {

struct MeshCounts {
    std::int64_t tetrahedra, nodes;
    double edge;  ///< um, the size asked for
};

/// Edges of options.mesh_size; with refinement, half of that on vessels or somata, growing with the distance from them.
MeshCounts write_mesh(const CircuitOptions& options, const Box& box, const VesselIndex& vessels,
                      const std::vector<Vec3>& somata, const std::filesystem::path& file);

}  // namespace ngv::circuit
