// What the tissue takes from the blood against what the blood brings: the account of glucose and O2 until they are
// transported along the vessels.
//
//     SupplyAccount glucose("glucose", 5.0, graph);               // arterial concentration in mM
//     glucose.add(consumed_mol, inflow_of_component, 100.0);      // one window of 100 ms
//     glucose.extraction();                                       // consumed / delivered so far
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "solvers/flow/network/graph.hpp"

namespace ngv::flow {

class SupplyAccount {
  public:
    /// `arterial` in mM: all that the blood carries, bound and dissolved.
    SupplyAccount(std::string substance, double arterial, const Graph& graph);

    /// Collective. mol per vessel consumed in a window of this length; flow into each component in um3/s, from all
    /// ranks (NaN or 0 where unknown).
    void add(std::span<const double> consumed, std::span<const double> inflow, double length_ms);

    const std::string& substance() const { return substance_; }
    double consumed() const { return consumed_; }                   ///< mol since the start, over all ranks
    double delivered() const { return delivered_; }                 ///< mol
    double extraction() const;                                      ///< consumed / delivered; 0 before the first window
    double latest_extraction() const { return latest_; }            ///< of the last window, largest of all components
    std::int64_t latest_component() const { return component_; }    ///< where: lowest junction id of that component
    double consumed_without_flow() const { return without_flow_; }  ///< mol taken from vessels whose flow is unknown

    /// All that it has counted, and back: consumed, delivered, without flow (mol), latest extraction and where.
    std::array<double, 5> counted() const {
        return {consumed_, delivered_, without_flow_, latest_, static_cast<double>(component_)};
    }
    void go_on_from(const std::array<double, 5>& counted) {
        consumed_ = counted[0], delivered_ = counted[1], without_flow_ = counted[2], latest_ = counted[3];
        component_ = static_cast<std::int64_t>(counted[4]);
    }

  private:
    std::string substance_;
    double arterial_;
    const Graph& graph_;
    double consumed_ = 0, delivered_ = 0, latest_ = 0, without_flow_ = 0;
    std::int64_t component_ = -1;
};

}  // namespace ngv::flow
