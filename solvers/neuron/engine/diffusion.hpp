// LONGITUDINAL_DIFFUSION: a species of a mechanism spreads along the cells, implicitly, once a step after the states.
//
//   V dx/dt = sum over neighbours of g (x_neighbour - x),   1/g = l/(2 D A) + l'/(2 D' A'),   V = volume per length * l
//
// Joints without membrane hold nothing; they pass on what arrives.
#pragma once

#include <cstdint>
#include <vector>

#include "solvers/neuron/mechanisms/abi.h"

namespace ngv::neuron {

struct Group;

class Diffusion {
  public:
    /// Species `k` of set `set`; `length` (um) and `joint` for each node of the group.
    Diffusion(const Group& g, int set, int k, const std::vector<double>& length, const std::vector<char>& joint);
    void step(Group& g, const ngv_run& run, const ngv_group& nodes);
    int set() const { return set_; }

  private:
    struct Node {
        std::int64_t instance;  ///< -1: a joint
        int parent;             ///< place in nodes_, -1: none
        double length;
    };
    int set_, k_;
    std::vector<Node> nodes_;  ///< parents first
    std::vector<double> conductance_, volume_, diagonal_, right_, to_parent_;
};

}  // namespace ngv::neuron
