// Circuits made once for all tests of this program.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "solvers/common/circuit.hpp"
#include "solvers/common/edges.hpp"
#include "solvers/common/morphology.hpp"
#include "solvers/common/nodes.hpp"
#include "tools/circuit/circuit.hpp"
#include "tools/circuit/geometry.hpp"

namespace ngv::circuit {

constexpr double default_edge_um = 200;  ///< of the default box

/// A folder that goes away with the process.
std::filesystem::path scratch(const std::string& name);

/// The circuit of 20 neurons and 6 astrocytes, seed 1.
const std::filesystem::path& default_circuit();

/// Bytes of every file below a folder, by relative path.
std::map<std::string, std::string> bytes_below(const std::filesystem::path& folder);

/// Cells as a solver reads them: sections in tissue coordinates.
struct PlacedCell {
    Vec3 soma;
    Morphology morphology;
    Vec3 at(Vec3 local) const { return soma + local; }  // cells of small circuits are not turned
};
std::vector<PlacedCell> placed_cells(const std::filesystem::path& circuit, const std::string& population);

/// The point at a relative position along a section, in the tissue.
Vec3 point_on(const PlacedCell& cell, std::int64_t section, double position);

std::vector<std::int64_t> all_edges(const EdgePopulation& edges);

/// Three columns as points.
std::vector<Vec3> points_of(const EdgePopulation& edges, const std::string& prefix);

}  // namespace ngv::circuit
