// Where a cell has what a report asks for: looked up once a cell and variable, not once a compartment.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "solvers/neuron/sonata/network.hpp"
#include "solvers/neuron/sonata/report_request.hpp"

namespace ngv::neuron {

/// Compartments of a cell that a report asks for, ascending.
std::vector<std::size_t> compartments_of(const Blueprint& b, const ReportRequest& request);

/// The nodes of a cell that have a variable by the name that reports use: v, ina, i_membrane, cai, i_pas, pas.i.
class NodesWith {
  public:
    NodesWith(const Blueprint& b, const std::string& name);
    bool has(int node) const;

  private:
    const std::vector<int>* nodes_ = nullptr;  ///< of a density mechanism, ascending
    bool everywhere_ = false;
};

/// The point processes and clamps of a cell whose mechanism's name begins with a word, by node. On a section that has one the word means
/// them, and no variable of the membrane.
class NamedPoints {
  public:
    NamedPoints(const LocalCell& cell, const Blueprint& b, const std::string& mechanism);
    bool on_section(int section) const { return sections_.contains(section); }
    const std::vector<const PlacedPoint*>& at(int node) const;

  private:
    std::map<int, std::vector<const PlacedPoint*>> by_node_;
    std::set<int> sections_;
};

}  // namespace ngv::neuron
