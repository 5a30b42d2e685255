// A run in words and numbers: for the log and for summary.json.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "solvers/rd/mesh/quality.hpp"
#include "solvers/rd/simulation.hpp"

namespace ngv::rd {

/// "K_o.mean_mM", "K_o.added_mol", "K_o.defect", "tetrahedra", "steps", "iterations_per_solve", ... Collective.
std::vector<std::pair<std::string, double>> summary_of(const Simulation& tissue, const MeshQuality& mesh);

/// Says on rank 0 what the mesh is like, and whether its faces suit the step. Collective.
void report_mesh(const Simulation& tissue, const MeshQuality& mesh, int rank);

}  // namespace ngv::rd
