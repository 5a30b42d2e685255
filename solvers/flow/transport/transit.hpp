// How long blood has been on its way: the mean time from the inlets to the middle of each vessel, at steady flow, and
// the times at which it leaves the network.
//
//     mean age behind a vessel = mean age before it + V / Q;   at junctions ages mix by flow
#pragma once

#include <span>
#include <vector>

#include "solvers/flow/pressure/pressure_solver.hpp"

namespace ngv::flow {

struct TransitTimes {
    std::vector<double> arrival_s;  ///< [vessels] mean age in the middle of the vessel; NaN where nothing flows
    double mean_s = 0;              ///< at the outlets, by flow; equals blood volume with flow / inflow
    double deviation_s = 0;         ///< of the mean ages of the outlets' feeding paths: paths that mix count as one
};

/// Collective. Of the last flows of `pressures`; volumes in um3.
TransitTimes transit_times(const Sections& sections, const PressureSolver& pressures, std::span<const double> volume);

}  // namespace ngv::flow
