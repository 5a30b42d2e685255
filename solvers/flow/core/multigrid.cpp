#include "solvers/flow/core/multigrid.hpp"

#include <algorithm>
#include <cmath>

#include "solvers/flow/core/aggregation.hpp"

namespace ngv::flow {

namespace {

constexpr std::size_t coarsest = 150;  // unknowns; solved with a dense inverse
constexpr double strong = 0.08;        // see coarsen(); halved from level to level
constexpr double damped = 0.25;        // the smoother damps this part .. all of the spectrum

// Returns the factors of rows and columns.
std::vector<double> scale_to_ones(SparseRows<double>& a) {
    std::vector<double> scale(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) scale[i] = 1.0 / std::sqrt(a.diagonal[i]);
    for (std::size_t i = 0; i < a.size(); ++i)
        for (auto k = a.offset[i]; k < a.offset[i + 1]; ++k) a.value[k] *= scale[i] * scale[a.column[k]];
    std::fill(a.diagonal.begin(), a.diagonal.end(), 1.0);
    return scale;
}

// Largest eigenvalue of a matrix with a diagonal of ones: the power method, from a start that alternates.
float largest_eigenvalue(const SparseRows<double>& a) {
    std::vector<double> x(a.size()), y(a.size());
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = (i % 2 ? 1.0 : -1.0) * (1.0 + static_cast<double>(i % 7) / 7.0);
    double value = 1.0;
    for (int step = 0; step < 10; ++step) {
        double square = 0, product = 0, old = 0;
        for (std::size_t i = 0; i < x.size(); ++i) {
            double sum = x[i];
            for (auto k = a.offset[i]; k < a.offset[i + 1]; ++k) sum += a.value[k] * x[a.column[k]];
            y[i] = sum, square += sum * sum, product += sum * x[i], old += x[i] * x[i];
        }
        value = product / old;
        const double norm = 1.0 / std::sqrt(square);
        for (std::size_t i = 0; i < x.size(); ++i) x[i] = y[i] * norm;
    }
    return static_cast<float>(1.1 * value);
}

}  // namespace

Multigrid::Multigrid(const SparseRows<double>& matrix) {
    auto a = matrix;
    const auto scale = scale_to_ones(a);
    scale_.assign(scale.begin(), scale.end());
    double entries = static_cast<double>(a.column.size() + a.size());
    const double first = entries;
    double threshold = strong;
    std::vector<double> constant(a.size());  // equal pressures everywhere, in the scaled unknowns
    for (std::size_t i = 0; i < a.size(); ++i) constant[i] = 1.0 / scale[i];
    while (a.size() > coarsest) {
        auto [prolongation, coarse] = coarsen(a, constant, threshold);
        if (static_cast<double>(coarse.size()) > 0.8 * static_cast<double>(a.size()))
            break;  // nothing is tied together
        threshold *= 0.5;
        const auto coarse_scale = scale_to_ones(coarse);
        for (std::size_t k = 0; k < prolongation.value.size(); ++k)
            prolongation.value[k] *= coarse_scale[prolongation.column[k]];
        constant.resize(coarse.size());
        for (std::size_t i = 0; i < coarse.size(); ++i) constant[i] = 1.0 / coarse_scale[i];
        const auto restriction = transposed(prolongation, coarse.size());
        auto& level = levels_.emplace_back();
        level.size = a.size();
        level.matrix = Sliced<float>(a);
        level.prolongation = Sliced<float>(prolongation);
        level.restriction = Sliced<float>(restriction);
        const float top = largest_eigenvalue(a);
        level.center = 0.5f * static_cast<float>(1 + damped) * top;
        level.half_width = 0.5f * static_cast<float>(1 - damped) * top;
        for (auto* v : {&level.x, &level.r, &level.d, &level.t}) v->assign(level.matrix.padded_rows(), 0.0f);
        a = std::move(coarse);
        entries += static_cast<double>(a.column.size() + a.size());
    }
    complexity_ = entries / first;

    const auto n = static_cast<Eigen::Index>(a.size());
    Eigen::MatrixXd dense = Eigen::MatrixXd::Zero(n, n);
    for (Eigen::Index i = 0; i < n; ++i) {
        dense(i, i) = a.diagonal[i];
        for (auto k = a.offset[i]; k < a.offset[i + 1]; ++k) dense(i, a.column[k]) = a.value[k];
    }
    coarse_inverse_ = dense.llt().solve(Eigen::MatrixXd::Identity(n, n)).cast<float>();
    coarse_x_.setZero(n + static_cast<Eigen::Index>(Sliced<float>::slice));
    coarse_b_.setZero(n + static_cast<Eigen::Index>(Sliced<float>::slice));
}

float* Multigrid::right_side(std::size_t l) {
    return l < levels_.size() ? levels_[l].r.data() : coarse_b_.data();
}

// In: r, the right side. Out: x. The residual is carried along in r.
void Multigrid::cycle(std::size_t l) {
    if (l == levels_.size()) {
        const auto n = coarse_inverse_.rows();
        coarse_x_.head(n).noalias() = coarse_inverse_ * coarse_b_.head(n);
        return;
    }
    auto& level = levels_[l];
    const std::size_t n = level.r.size();
    float* __restrict x = level.x.data();
    float* __restrict r = level.r.data();
    float* __restrict d = level.d.data();
    float* __restrict t = level.t.data();
    // Chebyshev of second degree: two steps d, of which the second one looks back at the first.
    const float ratio = level.center / level.half_width, rho = 1.0f / (2.0f * ratio - 1.0f / ratio);
    const float first = 1.0f / level.center, back = rho / ratio, second = 2.0f * rho / level.half_width;

    for (std::size_t i = 0; i < n; ++i) d[i] = first * r[i], t[i] = d[i];
    level.matrix.multiply(d, t, 1.0f);
    for (std::size_t i = 0; i < n; ++i) {
        r[i] -= t[i];
        x[i] = d[i];
        d[i] = back * d[i] + second * r[i];
        x[i] += d[i];
        t[i] = d[i];
    }
    level.matrix.multiply(d, t, 1.0f);
    for (std::size_t i = 0; i < n; ++i) r[i] -= t[i];

    level.restriction.multiply(r, right_side(l + 1), 0.0f);
    cycle(l + 1);
    level.prolongation.multiply(l + 1 < levels_.size() ? levels_[l + 1].x.data() : coarse_x_.data(), d, 0.0f);
    for (std::size_t i = 0; i < n; ++i) x[i] += d[i], t[i] = d[i];
    level.matrix.multiply(d, t, 1.0f);

    for (std::size_t i = 0; i < n; ++i) {
        r[i] -= t[i];
        d[i] = first * r[i];
        x[i] += d[i];
        t[i] = d[i];
    }
    level.matrix.multiply(d, t, 1.0f);
    for (std::size_t i = 0; i < n; ++i) x[i] += back * d[i] + second * (r[i] - t[i]);
}

void Multigrid::apply(std::span<const double> r, std::span<double> z) {
    float* right = right_side(0);
    for (std::size_t i = 0; i < scale_.size(); ++i) right[i] = static_cast<float>(r[i]) * scale_[i];
    cycle(0);
    const float* x = levels_.empty() ? coarse_x_.data() : levels_.front().x.data();
    for (std::size_t i = 0; i < scale_.size(); ++i) z[i] = x[i] * scale_[i];
}

}  // namespace ngv::flow
