// The plasma-membrane Ca2+-ATPase: I = imax [Ca]i/(km + [Ca]i) [ATP]/(km_atp + [ATP]), one Ca2+ out and 1 ATP a cycle
// (Michaelis-Menten, as in Schiff & Rinzel's pump; stoichiometry: Brini & Carafoli 2009, Physiol Rev 89:1341). Together
// with the buffered volume (Ion::mM_per_mol_in holds the free fraction) it makes the decay of intracellular calcium.
#pragma once

#include "solvers/neuron/mechanisms/mechanism.hpp"

namespace ngv::neuron {

class CalciumPump : public Mechanism {
  public:
    explicit CalciumPump(Range nodes);
    std::string_view name() const override { return "calcium_pump"; }
    void current(Nodes&, Range) override;

    Array imax;           ///< mA/cm2
    double km = 2e-4;     ///< mM
    double km_atp = 0.5;  ///< mM
};

}  // namespace ngv::neuron
