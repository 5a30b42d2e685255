#include "solvers/neuron/mechanisms/na_k_pump.hpp"

namespace ngv::neuron {

NaKPump::NaKPump(Range nodes) : Mechanism(nodes), imax(nodes.size()) {}

void NaKPump::current(Nodes& nodes, Range r) {
    const int first = this->nodes().begin;
    const double *na = nodes.na.in.data(), *ko = nodes.k.out.data(), *atp = nodes.atp.data(),
                 *imax_ = imax.data() - first;
    double *ina = nodes.na.i.data(), *ik = nodes.k.i.data(), *use = nodes.atp_flux.data();
    const double kna = km_na, kk = km_k, katp = km_atp;
#pragma omp simd
    for (int k = r.begin; k < r.end; ++k) {
        const double a = 1 / (1 + kna / na[k]), b = 1 / (1 + kk / ko[k]);
        const double cycle = imax_[k] * a * a * a * b * b * atp[k] / (katp + atp[k]);
        ina[k] += 3 * cycle;
        ik[k] -= 2 * cycle;
        use[k] += cycle;
    }
}

}  // namespace ngv::neuron
