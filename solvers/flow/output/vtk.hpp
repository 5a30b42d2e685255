// A network with its values as legacy VTK PolyData, which ParaView opens and read_vtk() reads back.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "solvers/flow/network/graph.hpp"

namespace ngv::flow {

/// Collective; rank 0 writes the vessels of one rank after the other's. Each column: a name and one value a vessel.
void write_vtk(const std::filesystem::path& file, const Graph& graph,
               const std::vector<std::pair<std::string, std::span<const double>>>& columns);

}  // namespace ngv::flow
