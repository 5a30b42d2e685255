// Means of a network by type of vessel, by depth below the surface, and by the number of branchings from an inlet.
//
// CSV: grouping, group, vessels, length_um, volume_um3, diameter_um, flow_um3_per_s, speed_um_per_s, pressure_mmHg,
// hematocrit, wall_shear_Pa, arrival_s. Means count by length; a flow and a speed by its absolute value; arrival is the
// mean time from an inlet to the middle of a vessel. Vessels whose flow is unknown are left out.
#pragma once

#include <filesystem>

#include "solvers/flow/model/flow_model.hpp"

namespace ngv::flow {

/// Collective, after a solve; rank 0 writes. `axis`: of the depth; layers of 100 um.
void write_statistics(const std::filesystem::path& file, const FlowModel& model, int axis);

/// Collective. Branchings between an inlet and each vessel, the least of all ways; -1 where nothing flows.
std::vector<int> branching_order(const FlowModel& model);

}  // namespace ngv::flow
