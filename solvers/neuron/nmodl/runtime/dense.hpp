// Dense equations of one instance, solved with pivoting: LINEAR, NONLINEAR, and implicit steps of blocks that could not be
// differentiated ahead of time.
#pragma once

#include <cmath>

#include "solvers/neuron/nmodl/runtime/instance.hpp"

namespace ngv::nmodl::runtime {

/// a x = b by Gaussian elimination with partial pivoting; b becomes x. a is n x n, row by row.
[[maybe_unused]] static bool solve_dense(int n, double* a, double* b) {
    for (int k = 0; k < n; ++k) {
        int p = k;
        for (int i = k + 1; i < n; ++i)
            if (std::fabs(a[i * n + k]) > std::fabs(a[p * n + k])) p = i;
        if (a[p * n + k] == 0 || std::isnan(a[p * n + k])) return false;
        for (int j = 0; j < n; ++j) {
            const double x = a[k * n + j];
            a[k * n + j] = a[p * n + j];
            a[p * n + j] = x;
        }
        const double x = b[k];
        b[k] = b[p];
        b[p] = x;
        for (int i = k + 1; i < n; ++i) {
            const double f = a[i * n + k] / a[k * n + k];
            if (f == 0) continue;
            for (int j = k; j < n; ++j) a[i * n + j] -= f * a[k * n + j];
            b[i] -= f * b[k];
        }
    }
    for (int k = n; k-- > 0;) {
        for (int j = k + 1; j < n; ++j) b[k] -= a[k * n + j] * b[j];
        b[k] /= a[k * n + k];
    }
    return true;
}

/// Finds x with f(x) = 0 by Newton's method with differences for slopes. x: pointers to the n unknowns.
template <int n, class F>
void newton(const Instance& q, double* const* x, F f, const char* name) {
    double value[n], moved[n], a[n * n];
    for (int pass = 0; pass < 50; ++pass) {
        f(value);
        for (int j = 0; j < n; ++j) {
            const double old = *x[j], h = 1e-6 * (std::fabs(old) > 1e-3 ? std::fabs(old) : 1e-3);
            *x[j] = old + h;
            f(moved);
            *x[j] = old;
            for (int i = 0; i < n; ++i) a[i * n + j] = (moved[i] - value[i]) / h;
        }
        for (int i = 0; i < n; ++i) value[i] = -value[i];
        if (!solve_dense(n, a, value)) break;
        double change = 0, size = 1;
        for (int i = 0; i < n; ++i) {
            *x[i] += value[i];
            change += std::fabs(value[i]);
            size += std::fabs(*x[i]);
        }
        if (change <= 1e-10 * size) {
            f(value);
            return;
        }
    }
    q.fail(name);
}

/// One implicit step of x' = f(x): the end value is where x - old = dt f(x).
template <int n, class F>
void implicit_step(const Instance& q, double* const* x, double dt, F rates, const char* name) {
    double old[n];
    for (int i = 0; i < n; ++i) old[i] = *x[i];
    newton<n>(
        q, x,
        [&](double* f) {
            rates(f);
            for (int i = 0; i < n; ++i) f[i] = dt * f[i] - (*x[i] - old[i]);
        },
        name);
}

/// Explicit Euler and the classical Runge-Kutta step.
template <int n, class F>
void euler_step(double* const* x, double dt, F rates) {
    double f[n];
    rates(f);
    for (int i = 0; i < n; ++i) *x[i] += dt * f[i];
}
template <int n, class F>
void runge_step(double* const* x, double dt, F rates) {
    double old[n], f[n], sum[n];
    for (int i = 0; i < n; ++i) old[i] = *x[i], sum[i] = 0;
    for (int stage = 0; stage < 4; ++stage) {
        rates(f);
        for (int i = 0; i < n; ++i) {
            sum[i] += (stage == 1 || stage == 2 ? 2 : 1) * f[i];
            *x[i] = stage == 3 ? old[i] + dt / 6 * sum[i] : old[i] + (stage == 2 ? dt : dt / 2) * f[i];
        }
    }
}

}  // namespace ngv::nmodl::runtime
