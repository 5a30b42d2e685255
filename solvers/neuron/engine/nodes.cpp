#include "solvers/neuron/engine/nodes.hpp"

namespace ngv::neuron {

namespace {

Ion make_ion(const char* name, double valence, std::size_t n) {
    const Array zero(n, 0.0);
    return {name, valence, zero, Array(n, 1.0), Array(n, 1.0), zero, zero, zero, zero, zero};
}

}  // namespace

Nodes::Nodes(std::size_t n)
    : area(n),
      volume(n),
      cm(n),
      parent(n, -1),
      g_parent(n),
      v(n),
      na(make_ion("Na", 1, n)),
      k(make_ion("K", 1, n)),
      ca(make_ion("Ca", 2, n)),
      other_i(n),
      other_didv(n),
      atp(n),
      adp(n),
      atp_flux(n),
      atp_used(n),
      mM_per_mol_atp(n),
      glutamate_released(n),
      gaba_released(n) {}

}  // namespace ngv::neuron
