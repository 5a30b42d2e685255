// Inwardly rectifying K+ channel of astrocytes (Kir4.1): the uptake and release of K+ by which glia buffer it.
//
//   i = g sqrt([K]o / 3 mM) (v - E_K) / (1 + exp((v - E_K - v2) / v3))
//
// Form: Sibille, Duc, Holcman & Rouach 2015, PLoS Comput Biol 11:e1004137 (v2 = 34 mV, v3 = 19.23 mV), without the
// shift of its driving force, so that the current reverses at E_K and the outward side is weak.
#pragma once

#include "solvers/neuron/mechanisms/mechanism.hpp"

namespace ngv::neuron {

class Kir : public Mechanism {
  public:
    explicit Kir(Range nodes);
    std::string_view name() const override { return "kir"; }
    void current(Nodes&, Range) override;

    Array g;            ///< S/cm2 at [K]o = 3 mM
    double v2 = 34;     ///< mV
    double v3 = 19.23;  ///< mV
};

}  // namespace ngv::neuron
