#include "solvers/neuron/mechanisms/hh_cortical.hpp"

#include <cmath>

#include "solvers/neuron/mechanisms/gates.hpp"

namespace ngv::neuron {

namespace {

struct Rates {
    double am, bm, ah, bh, an, bn;
};

/// `u` is the voltage above VT.
NGV_VECTOR_INLINE Rates rates(double u, double q10) {
    return {q10 * 0.32 * 4 * linear_exponential(-(u - 13) / 4),
            q10 * 0.28 * 5 * linear_exponential((u - 40) / 5),
            q10 * 0.128 * vector_exp(-(u - 17) / 18),
            q10 * 4 / (vector_exp(-(u - 40) / 5) + 1),
            q10 * 0.032 * 5 * linear_exponential(-(u - 15) / 5),
            q10 * 0.5 * vector_exp(-(u - 10) / 40)};
}

}  // namespace

HhCortical::HhCortical(Range nodes)
    : Mechanism(nodes), gna(nodes.size()), gk(nodes.size()), m(nodes.size()), h(nodes.size()), n(nodes.size()) {}

void HhCortical::init(Nodes& nodes, double celsius) {
    q10_ = std::pow(3.0, (celsius - 36) / 10);
    for (int i = 0; i < this->nodes().size(); ++i) {
        const Rates r = rates(nodes.v[this->nodes().begin + i] - vt, q10_);
        m[i] = r.am / (r.am + r.bm);
        h[i] = r.ah / (r.ah + r.bh);
        n[i] = r.an / (r.an + r.bn);
    }
}

void HhCortical::current(Nodes& nodes, Range r) {
    const int first = this->nodes().begin;
    double *v = nodes.v.data(), *ina = nodes.na.i.data(), *ik = nodes.k.i.data();
    double *gna_sum = nodes.na.didv.data(), *gk_sum = nodes.k.didv.data();
    const double *ena = nodes.na.e.data(), *ek = nodes.k.e.data();
    const double *m_ = m.data() - first, *h_ = h.data() - first, *n_ = n.data() - first;
    const double *gna_ = gna.data() - first, *gk_ = gk.data() - first;
#pragma omp simd
    for (int k = r.begin; k < r.end; ++k) {
        const double g1 = gna_[k] * m_[k] * m_[k] * m_[k] * h_[k];
        const double g2 = gk_[k] * n_[k] * n_[k] * n_[k] * n_[k];
        ina[k] += g1 * (v[k] - ena[k]);
        gna_sum[k] += g1;
        ik[k] += g2 * (v[k] - ek[k]);
        gk_sum[k] += g2;
    }
}

void HhCortical::state(Nodes& nodes, Range r, double dt) {
    const int first = this->nodes().begin;
    const double* v = nodes.v.data();
    double *m_ = m.data() - first, *h_ = h.data() - first, *n_ = n.data() - first;
    const double q10 = q10_, vt_ = vt;
#pragma omp simd
    for (int k = r.begin; k < r.end; ++k) {
        const Rates a = rates(v[k] - vt_, q10);
        m_[k] = advance_gate(m_[k], a.am, a.bm, dt);
        h_[k] = advance_gate(h_[k], a.ah, a.bh, dt);
        n_[k] = advance_gate(n_[k], a.an, a.bn, dt);
    }
}

}  // namespace ngv::neuron
