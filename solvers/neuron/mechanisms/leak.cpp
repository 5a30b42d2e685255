#include "solvers/neuron/mechanisms/leak.hpp"

namespace ngv::neuron {

Leak::Leak(Range nodes)
    : Mechanism(nodes), gna(nodes.size()), gk(nodes.size()), gca(nodes.size()), gcl(nodes.size()), ecl(nodes.size()) {}

void Leak::current(Nodes& nodes, Range r) {
    const int first = this->nodes().begin;
    const double *v = nodes.v.data(), *ena = nodes.na.e.data(), *ek = nodes.k.e.data(), *eca = nodes.ca.e.data();
    double *ina = nodes.na.i.data(), *ik = nodes.k.i.data(), *ica = nodes.ca.i.data(), *icl = nodes.other_i.data();
    double *dna = nodes.na.didv.data(), *dk = nodes.k.didv.data(), *dca = nodes.ca.didv.data(),
           *dcl = nodes.other_didv.data();
    const double *gna_ = gna.data() - first, *gk_ = gk.data() - first, *gca_ = gca.data() - first;
    const double *gcl_ = gcl.data() - first, *ecl_ = ecl.data() - first;
#pragma omp simd
    for (int k = r.begin; k < r.end; ++k) {
        ina[k] += gna_[k] * (v[k] - ena[k]);
        dna[k] += gna_[k];
        ik[k] += gk_[k] * (v[k] - ek[k]);
        dk[k] += gk_[k];
        ica[k] += gca_[k] * (v[k] - eca[k]);
        dca[k] += gca_[k];
        icl[k] += gcl_[k] * (v[k] - ecl_[k]);
        dcl[k] += gcl_[k];
    }
}

Leak::Failure Leak::balance(const Nodes& nodes) {
    const int first = this->nodes().begin;
    for (int i = 0; i < this->nodes().size(); ++i) {
        const int k = first + i;
        ecl[i] = nodes.v[k];
        for (auto [ion, g] : {std::pair{&nodes.na, &gna[i]}, {&nodes.k, &gk[i]}, {&nodes.ca, &gca[i]}}) {
            *g = -ion->i[k] / (nodes.v[k] - ion->e[k]);
            if (!(*g >= 0)) return {k, ion->name.c_str(), ion->i[k]};
        }
    }
    return {-1, "", 0};
}

}  // namespace ngv::neuron
