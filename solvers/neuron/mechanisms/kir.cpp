#include "solvers/neuron/mechanisms/kir.hpp"

#include <cmath>

#include "solvers/neuron/vector_math.hpp"

namespace ngv::neuron {

Kir::Kir(Range nodes) : Mechanism(nodes), g(nodes.size()) {}

void Kir::current(Nodes& nodes, Range r) {
    const int first = this->nodes().begin;
    const double *v = nodes.v.data(), *ek = nodes.k.e.data(), *ko = nodes.k.out.data(), *g_ = g.data() - first;
    double *ik = nodes.k.i.data(), *didv = nodes.k.didv.data();
    const double a = v2, b = v3;
#pragma omp simd
    for (int k = r.begin; k < r.end; ++k) {
        const double u = v[k] - ek[k];
        const double block = vector_exp((u - a) / b), open = 1 / (1 + block);
        const double conductance = g_[k] * std::sqrt(ko[k] / 3.0) * open;
        ik[k] += conductance * u;
        didv[k] += conductance * (1 - u * block * open / b);
    }
}

}  // namespace ngv::neuron
