// What a step of a cell takes on this machine: seconds for a node and for an instance of each mechanism, from short runs of a few cells.
//
//     CostModel model({.celsius = 34}, catalogues);
//     model.measure(blueprint, {"ExpSyn"});                 // only where something in it is new
//     model.share(comm);                                    // collective: the same numbers on all ranks
//     const double seconds = model.of(*blueprint) + 500 * model.of_point("ExpSyn");
//
// For distributing cells over ranks: results never depend on it. Events are not counted: at a few spikes per second an event costs less
// than a thousandth of what its synapse takes in the steps between.
#pragma once

#include <mpi.h>

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "solvers/neuron/engine/engine_builder.hpp"

namespace ngv::neuron {

class CostModel {
  public:
    CostModel(const SimulationOptions& options, std::vector<const ngv_catalogue*> catalogues);

    /// Runs eight cells of this kind for a moment, with some of each of the point processes, if it has a mechanism that is not yet known.
    void measure(const std::shared_ptr<const Blueprint>& cell, const std::vector<std::string>& points = {});
    /// What was measured by several ranks is their mean. Collective.
    void share(MPI_Comm comm);

    double of(const Blueprint& cell) const;               ///< s a step
    double of_point(const std::string& mechanism) const;  ///< s a step; 0 if it was not measured
    double of_node() const { return mean(node_); }

  private:
    struct Sum {
        double seconds = 0, count = 0;
    };
    static double mean(const Sum& s) { return s.count > 0 ? s.seconds / s.count : 0; }
    bool knows(const std::string& mechanism) const { return instance_.contains(mechanism); }

    SimulationOptions options_;
    std::vector<const ngv_catalogue*> catalogues_;
    Sum node_;
    std::map<std::string, Sum> instance_;
};

/// The owner of each cell: largest first, each to the rank with least work so far (ties: the lowest rank).
std::vector<int> largest_first(std::span<const double> costs, int ranks);
/// Work of the busiest rank relative to the mean; 1: all have the same.
double imbalance(std::span<const double> costs, std::span<const int> owner, int ranks);

}  // namespace ngv::neuron
