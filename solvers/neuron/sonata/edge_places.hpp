// Section and position of edges on cells, in whichever columns their file has them: relative position, or point of the morphology and
// offset.
//
//     EdgePlaces places(network, edges, rows, "afferent");   // afferent_section_id, afferent_section_pos, ...
//     int node = places.node(cell, i);                        // of edge rows[i]
#pragma once

#include <string>
#include <vector>

#include "solvers/common/edges.hpp"
#include "solvers/neuron/sonata/network.hpp"

namespace ngv::neuron {

class EdgePlaces {
  public:
    /// `rows` must outlive this. UserError if the population does not say where its edges are.
    EdgePlaces(Network& network, const EdgePopulation& edges, const std::vector<std::int64_t>& rows,
               const std::string& side);
    /// -1 where the section has been replaced.
    int node(const LocalCell& cell, std::size_t i) const;

  private:
    double from_segment(const LocalCell& cell, std::size_t i, const std::string& where) const;

    Network& network_;
    std::string name_;
    const std::vector<std::int64_t>& rows_;
    std::vector<std::int64_t> section_, segment_;
    std::vector<double> position_, offset_;
};

}  // namespace ngv::neuron
