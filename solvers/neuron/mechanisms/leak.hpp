// Passive leaks, each carried by its own ion, so that every ion's budget is complete: i = g (v - E) with the reversal
// potential of the moment for Na+, K+, Ca2+, and a fixed one for chloride. balance() chooses the three conductances so
// that at the present voltage and concentrations no ion has a net flux: the resting state that the pumps hold.
#pragma once

#include "solvers/neuron/mechanisms/mechanism.hpp"

namespace ngv::neuron {

class Leak : public Mechanism {
  public:
    explicit Leak(Range nodes);
    std::string_view name() const override { return "leak"; }
    void current(Nodes&, Range) override;

    /// `nodes` holds the currents of all other mechanisms. Afterwards, per node, the sum over all mechanisms of each
    /// ion's current is zero, and so is the chloride current. Returns the first node (and ion) whose conductance would
    /// have to be negative, if any.
    struct Failure {
        int node;
        const char* ion;
        double other_current;  ///< mA/cm2: what the leak would have to cancel
    };
    /// node is -1 when all went well.
    Failure balance(const Nodes& nodes);

    Array gna, gk, gca, gcl;  ///< S/cm2
    Array ecl;                ///< mV
};

}  // namespace ngv::neuron
