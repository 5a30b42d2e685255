#include "solvers/neuron/mechanisms/calcium_pump.hpp"

namespace ngv::neuron {

CalciumPump::CalciumPump(Range nodes) : Mechanism(nodes), imax(nodes.size()) {}

void CalciumPump::current(Nodes& nodes, Range r) {
    const int first = this->nodes().begin;
    const double *ca = nodes.ca.in.data(), *atp = nodes.atp.data(), *imax_ = imax.data() - first;
    double *i = nodes.ca.i.data(), *use = nodes.atp_flux.data();
    const double km_ = km, katp = km_atp;
#pragma omp simd
    for (int k = r.begin; k < r.end; ++k) {
        const double pump = imax_[k] * ca[k] / (km_ + ca[k]) * atp[k] / (katp + atp[k]);
        i[k] += pump;
        use[k] += 0.5 * pump;  // one ATP for two charges
    }
}

}  // namespace ngv::neuron
