#include "solvers/rd/kinetics/rosenbrock.hpp"

#include <algorithm>
#include <cmath>

namespace ngv::rd {

namespace {

// Rodas3 in the form (I / (gamma h) - J) k_i = f(y + sum a k) + sum c k / h.
constexpr double gamma_ = 0.5;
constexpr double a_[4][3] = {{0, 0, 0}, {0, 0, 0}, {2, 0, 0}, {2, 0, 1}};
constexpr double c_[4][3] = {{0, 0, 0}, {4, 0, 0}, {1, -1, 0}, {1, -1, -8.0 / 3.0}};
constexpr double m_[4] = {2, 0, 1, 1};  // the last stage is also the error estimate

constexpr Lanes zero{};
constexpr int most_attempts = 200000;

Lanes power(const Lanes& y, int count) {
    Lanes p = y;
    for (int k = 1; k < count; ++k) p *= y;
    return p;
}

}  // namespace

Rosenbrock::Rosenbrock(const Network& network, double tolerance)
    : network_(network), tolerance_(tolerance), n_(network.unknowns.size()), num_steps_(network.steps.size()) {
    for (const auto& step : network.steps) num_reactants_ += step.reactants.size();
    rate_.resize(num_steps_);
    slope_.resize(num_reactants_);
    matrix_.resize(n_ * n_);
    f_.resize(n_);
    stage_.resize(n_);
    for (auto& k : k_) k.resize(n_);
    for (auto& k : extent_k_) k.resize(num_steps_);
    find_pattern();
}

// Channels of many states meet few others of them: of a matrix of 13 x 13 for Hodgkin and Huxley's a third is in use.
void Rosenbrock::find_pattern() {
    std::vector<char> used(n_ * n_, 0);
    for (std::size_t u = 0; u < n_; ++u) used[u * n_ + u] = 1;
    for (const auto& step : network_.steps)
        for (const auto& r : step.reactants)
            for (const auto& change : step.changes) used[change.unknown * n_ + r.unknown] = 1;
    below_.resize(n_);
    right_.resize(n_);
    left_.resize(n_);
    for (std::size_t p = 0; p < n_; ++p) {
        for (std::size_t i = p + 1; i < n_; ++i) {
            if (used[i * n_ + p]) below_[p].push_back(i);
            if (used[p * n_ + i]) right_[p].push_back(i);
        }
        for (const auto row : below_[p]) {
            left_[row].push_back(p);
            for (const auto col : right_[p]) used[row * n_ + col] = 1;
        }
    }
}

Rosenbrock::Batch Rosenbrock::batch(bool with_extents) const {
    Batch b;
    b.y.assign(n_, zero);
    b.weight.assign(n_, zero);
    b.rate.assign(num_steps_, zero);
    if (with_extents) b.extent.assign(num_steps_, zero);
    return b;
}

// Rates and their derivatives at y.
void Rosenbrock::rates(const Batch& batch, const std::vector<Lanes>& y) {
    std::size_t at = 0;
    for (std::size_t j = 0; j < num_steps_; ++j) {
        const auto& reactants = network_.steps[j].reactants;
        Lanes rate = batch.rate[j];
        for (const auto& r : reactants) rate *= power(y[r.unknown], r.count);
        rate_[j] = rate;
        for (std::size_t one = 0; one < reactants.size(); ++one) {
            Lanes slope = batch.rate[j] * static_cast<double>(reactants[one].count);
            for (std::size_t other = 0; other < reactants.size(); ++other) {
                const int count = reactants[other].count - (other == one ? 1 : 0);
                if (count > 0) slope *= power(y[reactants[other].unknown], count);
            }
            slope_[at++] = slope;
        }
    }
}

void Rosenbrock::derivative(const Batch& batch, std::vector<Lanes>& f) const {
    std::fill(f.begin(), f.end(), zero);
    for (std::size_t j = 0; j < num_steps_; ++j)
        for (const auto& change : network_.steps[j].changes)
            f[change.unknown] += static_cast<double>(change.count) * rate_[j];
    for (std::size_t u = 0; u < n_; ++u) f[u] *= batch.weight[u];
}

// LU of diagonal - J in place, without pivoting: where that breaks down the error estimate is not finite, and a shorter
// step makes the diagonal dominate.
void Rosenbrock::factorise(const Batch& batch, const Lanes& diagonal) {
    std::fill(matrix_.begin(), matrix_.end(), zero);
    std::size_t at = 0;
    for (std::size_t j = 0; j < num_steps_; ++j)
        for (const auto& r : network_.steps[j].reactants) {
            const Lanes slope = slope_[at++];
            for (const auto& change : network_.steps[j].changes)
                matrix_[change.unknown * n_ + r.unknown] -=
                    static_cast<double>(change.count) * slope * batch.weight[change.unknown];
        }
    for (std::size_t u = 0; u < n_; ++u) matrix_[u * n_ + u] += diagonal;
    for (std::size_t p = 0; p < n_; ++p) {
        const Lanes inverse = 1.0 / matrix_[p * n_ + p];
        matrix_[p * n_ + p] = inverse;
        for (const auto row : below_[p]) {
            const Lanes factor = matrix_[row * n_ + p] * inverse;
            matrix_[row * n_ + p] = factor;
            for (const auto col : right_[p]) matrix_[row * n_ + col] -= factor * matrix_[p * n_ + col];
        }
    }
}

void Rosenbrock::solve(std::vector<Lanes>& x) const {
    for (std::size_t row = 1; row < n_; ++row) {
        Lanes sum = x[row];
        for (const auto col : left_[row]) sum -= matrix_[row * n_ + col] * x[col];
        x[row] = sum;
    }
    for (std::size_t row = n_; row-- > 0;) {
        Lanes sum = x[row];
        for (const auto col : right_[row]) sum -= matrix_[row * n_ + col] * x[col];
        x[row] = sum * matrix_[row * n_ + row];
    }
}

int Rosenbrock::advance(Batch& batch, double dt, const double* scale) {
    const bool with_extents = !batch.extent.empty();
    Lanes left, h;
    for (int l = 0; l < lanes; ++l) {
        left[l] = l < batch.count ? dt : 0.0;
        h[l] = dt;
    }
    std::vector<Lanes>& y = batch.y;
    for (int attempt = 0;; ++attempt) {
        bool any = false;
        for (int l = 0; l < lanes; ++l) any |= left[l] > 0.0;
        if (!any) return -1;
        if (attempt == most_attempts) {
            for (int l = 0; l < lanes; ++l)
                if (left[l] > 0.0) return l;
        }

        const Lanes per_h = 1.0 / h;
        rates(batch, y);
        factorise(batch, per_h / gamma_);
        for (int i = 0; i < 4; ++i) {
            // The second stage looks at the same place as the first, and the matrix keeps the slopes of the first.
            if (i > 1) {
                for (std::size_t u = 0; u < n_; ++u) {
                    stage_[u] = y[u];
                    for (int k = 0; k < i; ++k)
                        if (a_[i][k] != 0.0) stage_[u] += a_[i][k] * k_[k][u];
                }
                for (std::size_t j = 0; j < num_steps_; ++j) {
                    Lanes rate = batch.rate[j];
                    for (const auto& r : network_.steps[j].reactants) rate *= power(stage_[r.unknown], r.count);
                    rate_[j] = rate;
                }
            }
            derivative(batch, k_[i]);
            for (int k = 0; k < i; ++k)
                if (c_[i][k] != 0.0)
                    for (std::size_t u = 0; u < n_; ++u) k_[i][u] += c_[i][k] * per_h * k_[k][u];
            solve(k_[i]);
            if (!with_extents) continue;
            std::size_t at = 0;
            for (std::size_t j = 0; j < num_steps_; ++j) {
                Lanes x = rate_[j];
                for (const auto& r : network_.steps[j].reactants) x += slope_[at++] * k_[i][r.unknown];
                for (int k = 0; k < i; ++k) x += c_[i][k] * per_h * extent_k_[k][j];
                extent_k_[i][j] = gamma_ * h * x;
            }
        }

        Lanes error = zero;
        Lanes least = zero;
        for (std::size_t u = 0; u < n_; ++u) {
            const Lanes after = y[u] + m_[0] * k_[0][u] + m_[2] * k_[2][u] + m_[3] * k_[3][u];
            stage_[u] = after;
            const Lanes size = after < 0.0 ? -after : after;
            const Lanes wrong = k_[3][u] < 0.0 ? -k_[3][u] : k_[3][u];
            const Lanes relative = wrong / (tolerance_ * (size + 0.01 * scale[u]));
            error = relative > error ? relative : (relative == relative ? error : relative);
            const Lanes below = after / (scale[u] + 1e-300);
            least = below < least ? below : least;
        }
        for (int l = 0; l < lanes; ++l) {
            if (!(left[l] > 0.0)) continue;
            if (!(error[l] <= 1.0) || least[l] < -1e-13) {
                const double factor =
                    error[l] > 1.0 && std::isfinite(error[l]) ? std::clamp(0.9 / std::cbrt(error[l]), 0.1, 0.5) : 0.5;
                h[l] *= factor;
                continue;
            }
            for (std::size_t u = 0; u < n_; ++u) y[u][l] = stage_[u][l];
            if (with_extents)
                for (std::size_t j = 0; j < num_steps_; ++j)
                    batch.extent[j][l] +=
                        m_[0] * extent_k_[0][j][l] + m_[2] * extent_k_[2][j][l] + m_[3] * extent_k_[3][j][l];
            const double rest = left[l] - h[l];
            left[l] = rest > 1e-12 * dt ? rest : 0.0;
            const double growth = std::clamp(0.9 / std::cbrt(std::max(error[l], 1e-10)), 0.3, 5.0);
            h[l] *= growth;
            if (h[l] > 0.999 * left[l]) h[l] = left[l] > 0.0 ? left[l] : dt;
        }
    }
}

}  // namespace ngv::rd
