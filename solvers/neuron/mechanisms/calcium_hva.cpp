#include "solvers/neuron/mechanisms/calcium_hva.hpp"

#include <cmath>

#include "solvers/neuron/mechanisms/gates.hpp"

namespace ngv::neuron {

namespace {

struct Rates {
    double aq, bq, ar, br;
};

NGV_VECTOR_INLINE Rates rates(double v, double q10) {
    return {q10 * 0.055 * 3.8 * linear_exponential((-27 - v) / 3.8), q10 * 0.94 * vector_exp((-75 - v) / 17),
            q10 * 0.000457 * vector_exp((-13 - v) / 50), q10 * 0.0065 / (vector_exp((-15 - v) / 28) + 1)};
}

}  // namespace

CalciumHva::CalciumHva(Range nodes) : Mechanism(nodes), g(nodes.size()), q(nodes.size()), r(nodes.size()) {}

void CalciumHva::init(Nodes& nodes, double celsius) {
    q10_ = std::pow(3.0, (celsius - 36) / 10);
    for (int i = 0; i < this->nodes().size(); ++i) {
        const Rates a = rates(nodes.v[this->nodes().begin + i], q10_);
        q[i] = a.aq / (a.aq + a.bq);
        r[i] = a.ar / (a.ar + a.br);
    }
}

void CalciumHva::current(Nodes& nodes, Range range) {
    const int first = this->nodes().begin;
    const double *v = nodes.v.data(), *e = nodes.ca.e.data();
    double *i = nodes.ca.i.data(), *didv = nodes.ca.didv.data();
    const double *g_ = g.data() - first, *q_ = q.data() - first, *r_ = r.data() - first;
#pragma omp simd
    for (int k = range.begin; k < range.end; ++k) {
        const double open = g_[k] * q_[k] * q_[k] * r_[k];
        i[k] += open * (v[k] - e[k]);
        didv[k] += open;
    }
}

void CalciumHva::state(Nodes& nodes, Range range, double dt) {
    const int first = this->nodes().begin;
    const double* v = nodes.v.data();
    double *q_ = q.data() - first, *r_ = r.data() - first;
    const double q10 = q10_;
#pragma omp simd
    for (int k = range.begin; k < range.end; ++k) {
        const Rates a = rates(v[k], q10);
        q_[k] = advance_gate(q_[k], a.aq, a.bq, dt);
        r_[k] = advance_gate(r_[k], a.ar, a.br, dt);
    }
}

}  // namespace ngv::neuron
