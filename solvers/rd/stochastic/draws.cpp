#include "solvers/rd/stochastic/draws.hpp"

#include <cmath>

namespace ngv::rd {

double Draws::exponential() {
    return -std::log(uniform());
}

namespace {

// ln k! - (Stirling's formula without its series)
double stirling_tail(double k) {
    static constexpr double table[] = {
        0.08106146679532726, 0.04134069595540929, 0.02767792568499834,  0.02079067210376509,  0.01664469118982119,
        0.01387612882307075, 0.01189670994589177, 0.010411265261972096, 0.009255462182712733, 0.008330563433362871};
    if (k <= 9) return table[static_cast<int>(k)];
    const double x = k + 1, x2 = x * x;
    return (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / x2) / x2) / x;
}

}  // namespace

std::int64_t Draws::poisson(double mean) {
    NGV_ASSERT(mean >= 0.0 && mean < 9e15);
    if (mean < 10.0) {
        double term = std::exp(-mean), rest = uniform() - term;
        std::int64_t k = 0;
        while (rest > 0.0 && k < 200) {
            term *= mean / static_cast<double>(++k);
            rest -= term;
        }
        return k;
    }
    const double b = 0.931 + 2.53 * std::sqrt(mean), a = -0.059 + 0.02483 * b;
    const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4), v_r = 0.9277 - 3.6224 / (b - 2.0);
    for (;;) {
        const double u = uniform() - 0.5, v = uniform(), us = 0.5 - std::abs(u);
        const double k = std::floor((2.0 * a / us + b) * u + mean + 0.43);
        if (us >= 0.07 && v <= v_r) return static_cast<std::int64_t>(k);
        if (k < 0.0 || (us < 0.013 && v > us)) continue;
        if (std::log(v * inverse_alpha / (a / (us * us) + b)) <= -mean + k * std::log(mean) - std::lgamma(k + 1.0))
            return static_cast<std::int64_t>(k);
    }
}

std::int64_t Draws::binomial(std::int64_t n, double p) {
    NGV_ASSERT(n >= 0 && p >= 0.0 && p <= 1.0 + 1e-12);
    if (n == 0 || p <= 0.0) return 0;
    if (p >= 1.0) return n;
    if (p > 0.5) return n - binomial(n, 1.0 - p);
    return static_cast<double>(n) * p < 10.0 ? binomial_by_inversion(n, p) : binomial_by_rejection(n, p);
}

// (1 - p)^n
static double none_of(std::int64_t n, double p) {
    if (n > 1000) return std::exp(static_cast<double>(n) * std::log1p(-p));
    double power = 1.0;
    for (double square = 1.0 - p; n > 0; n >>= 1, square *= square)
        if ((n & 1) != 0) power *= square;
    return power;
}

std::int64_t Draws::binomial_by_inversion(std::int64_t n, double p) {
    const double odds = p / (1.0 - p);
    double term = none_of(n, p), rest = uniform() - term;
    std::int64_t k = 0;
    while (rest > 0.0 && k < n && k < 200) {  // beyond 200 lies less than 1e-150
        ++k;
        term *= odds * static_cast<double>(n - k + 1) / static_cast<double>(k);
        rest -= term;
    }
    return k;
}

std::int64_t Draws::binomial_by_rejection(std::int64_t count, double p) {
    const auto n = static_cast<double>(count);
    const double spq = std::sqrt(n * p * (1.0 - p)), b = 1.15 + 2.53 * spq;
    const double a = -0.0873 + 0.0248 * b + 0.01 * p, c = n * p + 0.5, v_r = 0.92 - 4.2 / b;
    for (;;) {
        const double u = uniform() - 0.5;
        double v = uniform();
        const double us = 0.5 - std::abs(u), k = std::floor((2.0 * a / us + b) * u + c);
        if (us >= 0.07 && v <= v_r) return static_cast<std::int64_t>(k);
        if (k < 0.0 || k > n) continue;
        const double alpha = (2.83 + 5.1 / b) * spq, m = std::floor((n + 1.0) * p), odds = p / (1.0 - p);
        v = std::log(v * alpha / (a / (us * us) + b));
        const double bound = (m + 0.5) * std::log((m + 1.0) / (odds * (n - m + 1.0))) +
                             (n + 1.0) * std::log((n - m + 1.0) / (n - k + 1.0)) +
                             (k + 0.5) * std::log(odds * (n - k + 1.0) / (k + 1.0)) + stirling_tail(m) +
                             stirling_tail(n - m) - stirling_tail(k) - stirling_tail(n - k);
        if (v <= bound) return static_cast<std::int64_t>(k);
    }
}

std::int64_t rounded(double value, Draws& draws) {
    NGV_ASSERT(value >= 0.0 && value < 9e15);
    const double whole = std::floor(value);
    return static_cast<std::int64_t>(whole) + (draws.uniform() < value - whole ? 1 : 0);
}

}  // namespace ngv::rd
