#include "solvers/neuron/engine/sweep.hpp"

#include <algorithm>
#include <cmath>

#include "solvers/common/native/dispatch.hpp"
#include "solvers/neuron/engine/group.hpp"

namespace ngv::neuron {

extern const Sweep baseline_sweep;
#ifdef __x86_64__
extern const Sweep avx2_sweep, avx512_sweep;
#endif

const Sweep& fast_sweep() {
#ifdef __x86_64__
    const int set = native::instruction_set();
    return set == 2 ? avx512_sweep : set == 1 ? avx2_sweep : baseline_sweep;
#else
    return baseline_sweep;
#endif
}

namespace {

void exact_fill(const SweepData& s) {
    std::fill(s.rhs, s.rhs + lanes * s.rows, 0.0);
    std::fill(s.d, s.d + lanes * s.rows, 0.0);
}

void exact_solve(const SweepData& s, bool) {
    const int n = lanes * s.rows;
    double *d = s.d, *rhs = s.rhs, *v = s.v;
    const double *a = s.a, *b = s.b;
    const std::int32_t* parent = s.parent;
    for (int k = lanes; k < n; ++k) {
        const double dv = v[parent[k]] - v[k];
        rhs[k] -= b[k] * dv;
        rhs[parent[k]] += a[k] * dv;
    }
    for (int k = 0; k < n; ++k) d[k] += s.capacity[k];
    for (int k = lanes; k < n; ++k) {
        d[k] -= b[k];
        d[parent[k]] -= a[k];
    }
    for (int k = n - 1; k >= lanes; --k) {
        const double p = a[k] / d[k];
        d[parent[k]] -= p * b[k];
        rhs[parent[k]] -= p * rhs[k];
    }
    for (int k = 0; k < lanes; ++k) rhs[k] /= d[k];
    for (int k = lanes; k < n; ++k) rhs[k] = (rhs[k] - b[k] * rhs[parent[k]]) / d[k];
    for (int k = 0; k < n; ++k) v[k] += s.step_factor * rhs[k];
}

void exact_nernst(std::int64_t n, double scale, const double* in, const double* out, double* e) {
    for (std::int64_t k = 0; k < n; ++k) e[k] = scale * std::log(out[k] / in[k]);
}

}  // namespace

const Sweep& exact_sweep() {
    static const Sweep sweep = {exact_fill, exact_solve, exact_nernst, "exact"};
    return sweep;
}

}  // namespace ngv::neuron
