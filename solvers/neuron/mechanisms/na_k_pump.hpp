// The Na/K-ATPase: 3 Na+ out, 2 K+ in and 1 ATP a cycle.
//
//   I = imax (1 + km_na/[Na]i)^-3 (1 + km_k/[K]o)^-2 [ATP]/(km_atp + [ATP]),    i_Na = 3 I,   i_K = -2 I,   ATP: I/F a
//   unit of area
//
// Saturation in Na and K: Kager, Wadman & Somjen 2000, J Neurophysiol 84:495 (eq. of the pump); in ATP: Jolivet et al.
// 2015, PLoS Comput Biol 11:e1004036 (KmPump 0.5 mM). Rising [Na]i or [K]o drive it, falling ATP slows it.
#pragma once

#include "solvers/neuron/mechanisms/mechanism.hpp"

namespace ngv::neuron {

class NaKPump : public Mechanism {
  public:
    explicit NaKPump(Range nodes);
    std::string_view name() const override { return "na_k_pump"; }
    void current(Nodes&, Range) override;

    Array imax;           ///< mA/cm2, of one cycle's net charge
    double km_na = 10;    ///< mM
    double km_k = 1.5;    ///< mM
    double km_atp = 0.5;  ///< mM
};

}  // namespace ngv::neuron
