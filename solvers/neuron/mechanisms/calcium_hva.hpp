// High-voltage-activated (L-type) calcium channel: Reuveni et al. 1993, J Neurosci 13:4609, as given by Pospischil et
// al. 2008, Biol Cybern 99:427 (eq. 7): I = g q^2 r (v - E_Ca). Rates at 36 C, q10 = 3.
#pragma once

#include "solvers/neuron/mechanisms/mechanism.hpp"

namespace ngv::neuron {

class CalciumHva : public Mechanism {
  public:
    explicit CalciumHva(Range nodes);
    std::string_view name() const override { return "calcium_hva"; }
    void init(Nodes&, double celsius) override;
    void current(Nodes&, Range) override;
    void state(Nodes&, Range, double dt) override;

    Array g;  ///< S/cm2
    Array q, r;

  private:
    double q10_ = 1;
};

}  // namespace ngv::neuron
