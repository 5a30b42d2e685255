// Fast sodium and delayed-rectifier potassium channels of cortical neurons, in Hodgkin-Huxley form: Traub & Miles 1991
// as given by Pospischil et al. 2008, Biol Cybern 99:427 (eqs. 2-3). Rates at 36 C, q10 = 3. Their window current at
// rest is small, so that a realistic pump can hold the gradients.
#pragma once

#include "solvers/neuron/mechanisms/mechanism.hpp"

namespace ngv::neuron {

class HhCortical : public Mechanism {
  public:
    explicit HhCortical(Range nodes);
    std::string_view name() const override { return "hh_cortical"; }
    void init(Nodes&, double celsius) override;
    void current(Nodes&, Range) override;
    void state(Nodes&, Range, double dt) override;

    // one entry a node of the range
    Array gna, gk;  ///< S/cm2
    Array m, h, n;
    double vt = -56.2;  ///< mV; shifts the threshold

  private:
    double q10_ = 1;
};

}  // namespace ngv::neuron
