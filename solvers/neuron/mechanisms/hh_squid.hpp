// Sodium and potassium channels of the squid axon. Hodgkin & Huxley 1952, J Physiol 117:500, in the form of NEURON's
// hh.mod without its rate table: rates at 6.3 C, q10 = 3. The leak of hh.mod is optional: it is a current that no
// tracked ion carries.
#pragma once

#include "solvers/neuron/mechanisms/mechanism.hpp"

namespace ngv::neuron {

class HhSquid : public Mechanism {
  public:
    explicit HhSquid(Range nodes);
    std::string_view name() const override { return "hh_squid"; }
    void init(Nodes&, double celsius) override;
    void current(Nodes&, Range) override;
    void state(Nodes&, Range, double dt) override;

    // one entry a node of the range
    Array gna, gk, gl;  ///< S/cm2; 0.12, 0.036, 0.0003 in the paper
    Array m, h, n;
    double el = -54.3;  ///< mV

  private:
    double q10_ = 1;
};

}  // namespace ngv::neuron
