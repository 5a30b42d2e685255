// Red cells in the network of sections at steady state, for given flows: from junction to junction along the flow, cells
// divide by the law of phase separation. On the root rank.
//
//     CellDistribution cells(network, PhaseSeparation::pries_secomb_2005, 0.45);
//     cells.route(section_flow, node_source, diameters, hematocrit);      // hematocrit of each section
#pragma once

#include <span>
#include <vector>

#include "solvers/flow/network/flow_order.hpp"
#include "solvers/flow/rheology/phase_separation.hpp"

namespace ngv::flow {

class CellDistribution {
  public:
    /// `inflow`: discharge hematocrit of what flows in where the boundary names none.
    CellDistribution(const Sections::Network& network, PhaseSeparation law, double inflow);

    /// `source`: flow into the network at each node; `diameters`: um, of each section at its two ends. Sections without
    /// flow keep the hematocrit that they have.
    void route(std::span<const std::array<double, 2>> section_flow, std::span<const double> source,
               std::span<const double> diameters, std::span<double> hematocrit);

    /// Red cells that reach a node less those that leave it, over those that reach it; the largest of all nodes. With
    /// the flows and the hematocrit of the last route().
    double imbalance(std::span<const double> source, std::span<const double> hematocrit) const;

  private:
    struct Arrival {
        double blood = 0, cells = 0, diameter = 0;
    };
    Arrival arrival(std::int32_t node, std::span<const double> source, std::span<const double> diameters,
                    std::span<const double> hematocrit) const;

    const Sections::Network& net_;
    PhaseSeparation law_;
    double inflow_;
    FlowOrder order_;
    std::vector<double> flow_, diameter_, result_;  // of the branches of one node
    std::vector<std::int32_t> branch_;
};

/// Flow below which a section counts as at rest: 1e-12 of the largest one.
double rest_threshold(std::span<const std::array<double, 2>> section_flow);

}  // namespace ngv::flow
