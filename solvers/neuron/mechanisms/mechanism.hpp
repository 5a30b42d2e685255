// A membrane mechanism: channels, pumps, leaks. One object holds all its instances on a contiguous range of nodes, as
// structure of arrays; kernels run over parts of that range. A compiled .mod file will be one more implementation of
// this interface.
//
//     class Leak : public Mechanism {
//         void current(Nodes& nodes, Range r) override { ... nodes.k.i[n] += g * (v - e); nodes.k.didv[n] += g; ... }
//     };
//
// Order in a step: current(v(t)) -> solve -> v(t+dt) -> state(dt).
#pragma once

#include <string_view>

#include "solvers/neuron/engine/nodes.hpp"

namespace ngv::neuron {

struct Range {
    int begin = 0, end = 0;
    int size() const { return end - begin; }
};

class Mechanism {
  public:
    explicit Mechanism(Range nodes) : nodes_(nodes) {}
    virtual ~Mechanism() = default;

    virtual std::string_view name() const = 0;
    Range nodes() const { return nodes_; }

    /// States at the voltages and concentrations of the moment. `celsius`: temperature of the run.
    virtual void init(Nodes&, double /*celsius*/) {}
    /// Adds current densities (and their slopes) to the nodes of `r`, a part of nodes().
    virtual void current(Nodes&, Range /*r*/) {}
    /// Advances the states by dt ms with the voltages of the end of the step.
    virtual void state(Nodes&, Range /*r*/, double /*dt*/) {}

  private:
    Range nodes_;
};

}  // namespace ngv::neuron
