#include "solvers/flow/core/core_solver.hpp"

#include <fmt/format.h>

#include <Eigen/SparseCholesky>
#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "ngv/error.hpp"
#include "solvers/flow/core/multigrid.hpp"

namespace ngv::flow {

namespace {

constexpr double failed = 1e-9;  // an imbalance that no caller can live with
constexpr int most_refinements = 20;
constexpr int most_iterations = 2000;

double dot(std::span<const double> a, std::span<const double> b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
}

}  // namespace

LinearMethod linear_method(std::string_view name) {
    if (name == "auto") return LinearMethod::automatic;
    if (name == "direct") return LinearMethod::direct;
    if (name == "multigrid") return LinearMethod::multigrid;
    throw UserError({"linear method '" + std::string(name) + "'", "is not known",
                     did_you_mean(name, {"auto", "direct", "multigrid"})});
}

struct CoreSolver::Linear {
    Eigen::SimplicialLLT<Eigen::SparseMatrix<double>, Eigen::Lower, Eigen::AMDOrdering<int>> cholesky;
    Eigen::SparseMatrix<double> lower;
    std::optional<Multigrid> multigrid;
    Sliced<double> rows;
    std::vector<double> r, z, p, ap;  // padded to whole slices
};

CoreSolver::CoreSolver(std::int32_t n, std::vector<std::array<std::int32_t, 2>> edges, PressureOptions options)
    : options_(options), edges_(std::move(edges)), linear_(std::make_unique<Linear>()) {
    if (options_.method == LinearMethod::automatic)
        options_.method = n <= options_.direct_limit ? LinearMethod::direct : LinearMethod::multigrid;
    high_.assign(n, 0.0), low_.assign(n, 0.0), correction_.assign(n, 0.0);
    balance_.assign(n, 0.0), through_.assign(n, 0.0);
    flow_.assign(edges_.size(), 0.0);

    // Rows with ascending columns; edges side by side share one entry.
    std::vector<std::array<std::int32_t, 3>> entries;  // row, column, edge end
    entries.reserve(2 * edges_.size());
    for (std::size_t e = 0; e < edges_.size(); ++e) {
        const auto [a, b] = edges_[e];
        if (a < 0 || b < 0) continue;
        entries.push_back({a, b, static_cast<std::int32_t>(2 * e)});
        entries.push_back({b, a, static_cast<std::int32_t>(2 * e + 1)});
    }
    std::sort(entries.begin(), entries.end());
    place_.assign(edges_.size(), {-1, -1});
    matrix_.offset.assign(n + 1, 0);
    matrix_.diagonal.resize(n);
    for (std::size_t k = 0; k < entries.size(); ++k) {
        const auto [row, column, end] = entries[k];
        if (k == 0 || entries[k - 1][0] != row || entries[k - 1][1] != column) {
            matrix_.column.push_back(column);
            ++matrix_.offset[row + 1];
        }
        place_[end / 2][end % 2] = static_cast<std::int32_t>(matrix_.column.size()) - 1;
    }
    for (std::int32_t i = 0; i < n; ++i) matrix_.offset[i + 1] += matrix_.offset[i];
    matrix_.value.resize(matrix_.column.size());
}

CoreSolver::~CoreSolver() = default;

void CoreSolver::set_start(const Start& start) {
    NGV_ASSERT(start.high.size() == high_.size() && start.low.size() == low_.size());
    high_ = start.high;
    low_ = start.low;
    made_for_ = start.made_for;
    usual_effort_ = start.usual_effort;
    stale_ = start.stale;
    if (made_for_.empty()) return;
    fill(made_for_);
    linear_->multigrid.emplace(matrix_);
}

void CoreSolver::fill(std::span<const double> g) {
    filled_.assign(g.begin(), g.end());
    double mean = 0;
    for (const double x : g) mean += x / static_cast<double>(g.size());
    scale_ = std::exp2(-std::round(std::log2(mean)));  // a power of two: scaling must not cost digits
    std::fill(matrix_.value.begin(), matrix_.value.end(), 0.0);
    std::fill(matrix_.diagonal.begin(), matrix_.diagonal.end(), 0.0);
    for (std::size_t e = 0; e < edges_.size(); ++e) {
        const auto [a, b] = edges_[e];
        const double x = g[e] * scale_;
        if (a >= 0) matrix_.diagonal[a] += x;
        if (b >= 0) matrix_.diagonal[b] += x;
        if (a < 0 || b < 0) continue;
        matrix_.value[place_[e][0]] -= x;
        matrix_.value[place_[e][1]] -= x;
    }
}

// Flows from the present pressures, and what is missing in the balance of each junction. It counts relative to the flow
// through the junction; where hardly anything flows, relative to a thousandth of the mean flow, or to the flow that
// 1e-12 of the given pressures would drive.
double CoreSolver::imbalance(std::span<const double> g, std::span<const double> source, std::span<const double> given) {
    for (std::size_t i = 0; i < balance_.size(); ++i) balance_[i] = source[i], through_[i] = std::abs(source[i]);
    double sum = 0, mean_conductance = 0, largest = 0;
    for (const double p : given) largest = std::max(largest, std::abs(p));
    const auto high = [&](std::int32_t i) { return i >= 0 ? high_[i] : given[-1 - i]; };
    const auto low = [&](std::int32_t i) { return i >= 0 ? low_[i] : 0.0; };
    for (std::size_t e = 0; e < edges_.size(); ++e) {
        const auto [a, b] = edges_[e];
        const double q = g[e] * ((high(a) - high(b)) + (low(a) - low(b)));
        flow_[e] = q;
        sum += std::abs(q);
        mean_conductance += g[e];
        if (a >= 0) balance_[a] -= q, through_[a] += std::abs(q);
        if (b >= 0) balance_[b] += q, through_[b] += std::abs(q);
    }
    const double least = std::max(1e-3 * sum, 1e-12 * largest * mean_conductance) / static_cast<double>(edges_.size());
    double worst = 0.0;
    for (std::size_t i = 0; i < balance_.size(); ++i) {
        if (balance_[i] == 0.0) continue;
        const double relative = std::abs(balance_[i]) / std::max(through_[i], least);
        worst = std::isnan(relative) ? HUGE_VAL : std::max(worst, relative);
    }
    return worst;
}

// Solves for the correction that the missing flows ask for; returns the iterations, or -1 if it broke down.
int CoreSolver::linear_solve(bool rebuild, double reduction, bool first) {
    auto& s = *linear_;
    const auto n = matrix_.size();
    if (options_.method == LinearMethod::direct) {
        if (rebuild) {
            if (s.lower.rows() == 0) {
                std::vector<Eigen::Triplet<double>> entries;
                for (std::size_t i = 0; i < n; ++i) {
                    entries.emplace_back(i, i, 1.0);
                    for (auto k = matrix_.offset[i]; k < matrix_.offset[i + 1]; ++k)
                        if (matrix_.column[k] < static_cast<std::int32_t>(i))
                            entries.emplace_back(i, matrix_.column[k], 1.0);
                }
                s.lower.resize(n, n);
                s.lower.setFromTriplets(entries.begin(), entries.end());
                s.cholesky.analyzePattern(s.lower);
            }
            // Column j below the diagonal is row j right of it: the matrix is symmetric.
            double* value = s.lower.valuePtr();
            for (std::size_t i = 0; i < n; ++i) {
                *value++ = matrix_.diagonal[i];
                for (auto k = matrix_.offset[i]; k < matrix_.offset[i + 1]; ++k)
                    if (matrix_.column[k] > static_cast<std::int32_t>(i)) *value++ = matrix_.value[k];
            }
            s.cholesky.factorize(s.lower);
            if (s.cholesky.info() != Eigen::Success) return -1;
        }
        Eigen::Map<Eigen::VectorXd> x(correction_.data(), n), b(balance_.data(), n);
        x = s.cholesky.solve(b * scale_);
        return 0;
    }

    if (rebuild) {
        s.multigrid.emplace(matrix_);
        made_for_ = filled_;
    }
    if (s.r.empty()) {
        s.rows = Sliced<double>(matrix_);
        for (auto* v : {&s.r, &s.z, &s.p, &s.ap}) v->assign(s.rows.padded_rows(), 0.0);
    } else if (first) {
        s.rows.refill(matrix_);
    }
    std::fill(correction_.begin(), correction_.end(), 0.0);
    for (std::size_t i = 0; i < n; ++i) s.r[i] = balance_[i] * scale_;
    const double stop = reduction * reduction * dot(s.r, s.r);
    double rz = 0;
    for (int iteration = 1; iteration <= most_iterations; ++iteration) {
        s.multigrid->apply(s.r, s.z);
        const double next = dot(s.r, s.z);
        if (!(next > 0) || !std::isfinite(next)) return iteration > 1 && next >= 0 ? iteration - 1 : -1;
        const double beta = iteration == 1 ? 0.0 : next / rz;
        rz = next;
        for (std::size_t i = 0; i < n; ++i) s.p[i] = s.z[i] + beta * s.p[i];
        for (std::size_t i = 0; i < n; ++i) s.ap[i] = matrix_.diagonal[i] * s.p[i];
        s.rows.multiply(s.p.data(), s.ap.data(), 1.0);
        const double alpha = rz / dot(s.p, s.ap);
        double square = 0;
        for (std::size_t i = 0; i < n; ++i) {
            correction_[i] += alpha * s.p[i];
            s.r[i] -= alpha * s.ap[i];
            square += s.r[i] * s.r[i];
        }
        if (square <= stop) return iteration;
    }
    return most_iterations;
}

void CoreSolver::correct() {
    for (std::size_t i = 0; i < high_.size(); ++i) {
        const double rest = low_[i] + correction_[i];
        const double sum = high_[i] + rest;
        const double part = sum - high_[i];  // two-sum: sum + low is exactly high + rest
        low_[i] = (high_[i] - (sum - part)) + (rest - part);
        high_[i] = sum;
    }
}

SolveInfo CoreSolver::solve(std::span<const double> g, std::span<const double> source, std::span<const double> given,
                            double tolerance) {
    if (tolerance == 0) tolerance = options_.tolerance;
    SolveInfo info;
    if (edges_.empty()) return info;
    info.imbalance = imbalance(g, source, given);
    if (high_.empty() || info.imbalance <= tolerance) return info;
    fill(g);
    const bool direct = options_.method == LinearMethod::direct;
    info.rebuilt = stale_ || direct;
    bool rebuild = info.rebuilt;
    int idle = 0;
    double digits = 0;
    while (info.imbalance > tolerance && info.refinements < most_refinements && idle < 2) {
        const double reduction = std::clamp(0.1 * tolerance / info.imbalance, 1e-10, 1e-1);
        digits -= std::log10(reduction);
        int iterations = linear_solve(rebuild, reduction, info.refinements == 0);
        if (iterations < 0 && !rebuild && !direct) {
            info.rebuilt = true;
            iterations = linear_solve(true, reduction, false);
        }
        rebuild = false;
        if (iterations < 0) throw PhysicsError("the linear solver for the pressures broke down", "pressure", -1, 0.0);
        correct();
        ++info.refinements;
        info.iterations += iterations;
        const double before = info.imbalance;
        info.imbalance = imbalance(g, source, given);
        idle = info.imbalance < 0.5 * before ? 0 : idle + 1;
    }
    if (!(info.imbalance <= std::max(failed, tolerance)))
        throw PhysicsError(fmt::format("the flows balance only to {:.3g} of the flow through a junction after {} "
                                       "linear solves",
                                       info.imbalance, info.refinements),
                           "flow", -1, 0.0);
    // A multigrid made for other conductances serves until it needs many more iterations a digit than when it was new.
    if (!direct) {
        const double effort = info.iterations / digits;
        if (info.rebuilt) usual_effort_ = effort;
        stale_ = info.iterations > 5 && effort > 1.6 * usual_effort_;
    }
    return info;
}

}  // namespace ngv::flow
