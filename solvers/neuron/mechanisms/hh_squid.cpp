#include "solvers/neuron/mechanisms/hh_squid.hpp"

#include <cmath>

#include "solvers/neuron/mechanisms/gates.hpp"

namespace ngv::neuron {

namespace {

struct Rates {
    double am, bm, ah, bh, an, bn;
};

NGV_VECTOR_INLINE Rates rates(double v, double q10) {
    return {q10 * linear_exponential(-(v + 40) / 10),       q10 * 4 * vector_exp(-(v + 65) / 18),
            q10 * 0.07 * vector_exp(-(v + 65) / 20),        q10 / (vector_exp(-(v + 35) / 10) + 1),
            q10 * 0.1 * linear_exponential(-(v + 55) / 10), q10 * 0.125 * vector_exp(-(v + 65) / 80)};
}

}  // namespace

HhSquid::HhSquid(Range nodes)
    : Mechanism(nodes),
      gna(nodes.size(), 0.12),
      gk(nodes.size(), 0.036),
      gl(nodes.size(), 0.0003),
      m(nodes.size()),
      h(nodes.size()),
      n(nodes.size()) {}

void HhSquid::init(Nodes& nodes, double celsius) {
    q10_ = std::pow(3.0, (celsius - 6.3) / 10);
    for (int i = 0; i < this->nodes().size(); ++i) {
        const Rates r = rates(nodes.v[this->nodes().begin + i], q10_);
        m[i] = r.am / (r.am + r.bm);
        h[i] = r.ah / (r.ah + r.bh);
        n[i] = r.an / (r.an + r.bn);
    }
}

void HhSquid::current(Nodes& nodes, Range r) {
    const int first = this->nodes().begin;
    double *v = nodes.v.data(), *ina = nodes.na.i.data(), *ik = nodes.k.i.data(), *il = nodes.other_i.data();
    double *gna_sum = nodes.na.didv.data(), *gk_sum = nodes.k.didv.data(), *gl_sum = nodes.other_didv.data();
    const double *ena = nodes.na.e.data(), *ek = nodes.k.e.data();
    const double *m_ = m.data() - first, *h_ = h.data() - first, *n_ = n.data() - first;
    const double *gna_ = gna.data() - first, *gk_ = gk.data() - first, *gl_ = gl.data() - first;
    const double el_ = el;
#pragma omp simd
    for (int k = r.begin; k < r.end; ++k) {
        const double g1 = gna_[k] * m_[k] * m_[k] * m_[k] * h_[k];
        const double g2 = gk_[k] * n_[k] * n_[k] * n_[k] * n_[k];
        ina[k] += g1 * (v[k] - ena[k]);
        gna_sum[k] += g1;
        ik[k] += g2 * (v[k] - ek[k]);
        gk_sum[k] += g2;
        il[k] += gl_[k] * (v[k] - el_);
        gl_sum[k] += gl_[k];
    }
}

void HhSquid::state(Nodes& nodes, Range r, double dt) {
    const int first = this->nodes().begin;
    const double* v = nodes.v.data();
    double *m_ = m.data() - first, *h_ = h.data() - first, *n_ = n.data() - first;
    const double q10 = q10_;
#pragma omp simd
    for (int k = r.begin; k < r.end; ++k) {
        const Rates a = rates(v[k], q10);
        m_[k] = advance_gate(m_[k], a.am, a.bm, dt);
        h_[k] = advance_gate(h_[k], a.ah, a.bh, dt);
        n_[k] = advance_gate(n_[k], a.an, a.bn, dt);
    }
}

}  // namespace ngv::neuron
