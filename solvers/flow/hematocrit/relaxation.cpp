#include "solvers/flow/hematocrit/relaxation.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace ngv::flow {

namespace {

constexpr double shrink = 0.5, grow = 1.2, least = 0.02;
constexpr double smooth = 2e-3;    // largest residual from which steps are mixed
constexpr std::size_t memory = 5;  // steps that are mixed

}  // namespace

void Relaxation::next(std::span<double> x, std::span<const double> g) {
    double largest = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double now = g[i] - x[i];
        if (now * residual_[i] < 0)
            part_[i] = std::max(least, shrink * part_[i]);
        else if (residual_[i] != 0)
            part_[i] = std::min(1.0, grow * part_[i]);
        residual_[i] = now;
        largest = std::max(largest, std::abs(now));
    }
    if (largest < smooth) return accelerate(x);
    steps_.clear(), changes_.clear(), last_x_.clear();
    for (std::size_t i = 0; i < x.size(); ++i) x[i] += part_[i] * residual_[i];
}

void Relaxation::accelerate(std::span<double> x) {
    const auto n = x.size();
    if (!last_x_.empty()) {
        if (steps_.size() == memory) {
            // The oldest one makes room; its memory is used again.
            std::rotate(steps_.begin(), steps_.begin() + 1, steps_.end());
            std::rotate(changes_.begin(), changes_.begin() + 1, changes_.end());
        } else {
            steps_.emplace_back(n), changes_.emplace_back(n);
        }
        for (std::size_t i = 0; i < n; ++i) {
            steps_.back()[i] = x[i] - last_x_[i];
            changes_.back()[i] = residual_[i] - last_residual_[i];
        }
    }
    last_x_.assign(x.begin(), x.end());
    last_residual_ = residual_;
    for (std::size_t i = 0; i < n; ++i) x[i] += part_[i] * residual_[i];
    if (steps_.empty()) return;

    const auto m = static_cast<Eigen::Index>(steps_.size());
    Eigen::MatrixXd normal(m, m);
    Eigen::VectorXd right(m);
    const auto map = [n](const std::vector<double>& v) { return Eigen::Map<const Eigen::VectorXd>(v.data(), n); };
    for (Eigen::Index a = 0; a < m; ++a) {
        right[a] = map(changes_[a]).dot(map(residual_));
        for (Eigen::Index b = 0; b <= a; ++b) normal(a, b) = normal(b, a) = map(changes_[a]).dot(map(changes_[b]));
    }
    const Eigen::VectorXd weight = normal.completeOrthogonalDecomposition().solve(right);
    for (Eigen::Index a = 0; a < m; ++a)
        for (std::size_t i = 0; i < n; ++i) x[i] -= weight[a] * (steps_[a][i] + part_[i] * changes_[a][i]);
}

}  // namespace ngv::flow
