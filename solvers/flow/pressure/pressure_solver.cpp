#include "solvers/flow/pressure/pressure_solver.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <limits>
#include <string>

#include "ngv/error.hpp"

namespace ngv::flow {

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
constexpr double failed = 1e-9;  // an imbalance that no caller can live with
constexpr int most_refinements = 20;
constexpr std::int64_t direct_slowdown =
    20;  // of factors spread over ranks (MUMPS) against one rank (CHOLMOD); measured

}  // namespace

LinearMethod linear_method(std::string_view name) {
    if (name == "auto") return LinearMethod::automatic;
    if (name == "direct") return LinearMethod::direct;
    if (name == "multigrid") return LinearMethod::multigrid;
    throw UserError({"linear method '" + std::string(name) + "'", "is not known",
                     did_you_mean(name, {"auto", "direct", "multigrid"})});
}

PressureSolver::PressureSolver(const Graph& graph, const Boundary& boundary, PressureOptions options)
    : graph_(graph), boundary_(boundary), options_(options) {
    for (std::size_t i = 0; i < graph_.num_vessels(); ++i)
        if (boundary_.solved(graph_.component_of_vessel(i))) solved_.push_back(static_cast<std::int32_t>(i));
    flow_.assign(graph_.num_vessels(), unknown);
    pressure_.assign(graph_.num_junctions(), unknown);
    source_.assign(graph_.num_junctions(), 0.0);
    low_.assign(graph_.num_junctions(), 0.0);
    balance_.assign(2 * graph_.num_junctions(), 0.0);
    number_unknowns();
    if (num_unknowns_ == 0) return;
    if (options_.method == LinearMethod::automatic) {
        int size = 1;
        MPI_Comm_size(graph_.comm(), &size);
        const auto limit = size == 1 ? options_.direct_limit : options_.direct_limit / direct_slowdown;
        options_.method = num_unknowns_ <= limit ? LinearMethod::direct : LinearMethod::multigrid;
    }
    make_matrix();
    make_ksp();
}

// Unknowns are numbered rank after rank, in order of junction id within a rank; a shared junction belongs to its lowest
// rank.
void PressureSolver::number_unknowns() {
    const auto n = graph_.num_junctions();
    high_.assign(n, 0.0);
    std::vector<std::uint8_t> is_unknown(n, 0);
    for (std::size_t j = 0; j < n; ++j) {
        const auto c = graph_.component_of_junction(j);
        if (!boundary_.solved(c)) continue;
        const auto& given = boundary_.at(j);
        if (given.condition == Condition::pressure) {
            high_[j] = given.value;
            largest_given_pressure_ = std::max(largest_given_pressure_, std::abs(given.value));
        } else {
            // A component is named by its lowest junction: that one carries the gauge when nothing else does.
            is_unknown[j] = !(boundary_.floating(c) && graph_.junction_id()[j] == graph_.component_id()[c]);
        }
        if (is_unknown[j] && graph_.junctions().owned(j)) ++num_rows_;
    }
    std::int64_t rows = num_rows_, before = 0;
    MPI_Allreduce(&rows, &num_unknowns_, 1, MPI_INT64_T, MPI_SUM, graph_.comm());
    MPI_Exscan(&rows, &before, 1, MPI_INT64_T, MPI_SUM, graph_.comm());
    int rank = 0;
    MPI_Comm_rank(graph_.comm(), &rank);
    if (rank == 0) before = 0;
    if (num_unknowns_ > std::numeric_limits<PetscInt>::max() / 8)
        throw UserError({"vasculature",
                         fmt::format("has {} junctions, too many for this PETSc's indices", num_unknowns_),
                         "use a PETSc built with 64-bit indices"});
    MPI_Allreduce(MPI_IN_PLACE, &largest_given_pressure_, 1, MPI_DOUBLE, MPI_MAX, graph_.comm());

    std::vector<std::int64_t> row(n, 0);
    first_row_ = static_cast<PetscInt>(before);
    auto next = before;
    for (std::size_t j = 0; j < n; ++j)
        if (is_unknown[j] && graph_.junctions().owned(j)) row[j] = next++;
    graph_.junctions().combine(row, Combine::sum);
    row_.resize(n);
    for (std::size_t j = 0; j < n; ++j) row_[j] = is_unknown[j] ? static_cast<PetscInt>(row[j]) : -1;
}

void PressureSolver::make_matrix() {
    std::vector<PetscInt> rows, columns;
    const auto entry = [&](PetscInt r, PetscInt c) {
        rows.push_back(r);
        columns.push_back(c);
    };
    for (const auto i : solved_) {
        const auto a = row_[graph_.ends()[i][0]], b = row_[graph_.ends()[i][1]];
        if (a >= 0) entry(a, a);
        if (b >= 0) entry(b, b);
        if (a >= 0 && b >= 0) {
            entry(a, b);
            entry(b, a);
        }
    }
    coo_.resize(rows.size());
    const auto comm = graph_.comm();
    check(MatCreate(comm, matrix_.receive()));
    check(MatSetSizes(matrix_, num_rows_, num_rows_, PETSC_DETERMINE, PETSC_DETERMINE));
    check(MatSetType(matrix_, MATAIJ));
    check(MatSetPreallocationCOO(matrix_, static_cast<PetscCount>(rows.size()), rows.data(), columns.data()));
    check(MatSetOption(matrix_, MAT_SPD, PETSC_TRUE));
    check(MatSetOption(matrix_, MAT_SPD_ETERNAL, PETSC_TRUE));
    check(MatCreateVecs(matrix_, left_.receive(), right_.receive()));
}

void PressureSolver::make_ksp() {
    int size = 1;
    MPI_Comm_size(graph_.comm(), &size);
    check(KSPCreate(graph_.comm(), ksp_.receive()));
    check(KSPSetOptionsPrefix(ksp_, "flow_"));
    check(KSPSetOperators(ksp_, matrix_, matrix_));
    PC pc = nullptr;
    check(KSPGetPC(ksp_, &pc));
    if (options_.method == LinearMethod::direct) {
        check(KSPSetType(ksp_, KSPPREONLY));
        check(PCSetType(pc, PCCHOLESKY));
        check(PCFactorSetMatSolverType(pc, size == 1 ? MATSOLVERCHOLMOD : MATSOLVERMUMPS));
        if (size > 1) {
            check(PCFactorSetUpMatSolverType(pc));
            Mat factor = nullptr;
            check(PCFactorGetMatrix(pc, &factor));
            check(MatMumpsSetIcntl(factor, 13, 1));  // no ScaLAPACK at the root: it costs more than it brings here
        }
    } else {
        check(KSPSetType(ksp_, KSPCG));
        check(KSPSetNormType(ksp_, KSP_NORM_UNPRECONDITIONED));
        check(KSPSetTolerances(ksp_, 1e-8, 0.0, PETSC_DEFAULT, 2000));
        check(PCSetType(pc, PCGAMG));
        check(PCGAMGSetReuseInterpolation(pc, PETSC_TRUE));
    }
    check(KSPSetFromOptions(ksp_));
}

void PressureSolver::fill_matrix(std::span<const double> conductance) {
    std::array<double, 2> sums{0.0, static_cast<double>(solved_.size())};
    for (const auto i : solved_) sums[0] += conductance[i];
    MPI_Allreduce(MPI_IN_PLACE, sums.data(), 2, MPI_DOUBLE, MPI_SUM, graph_.comm());
    mean_conductance_ = sums[0] / sums[1];
    if (num_unknowns_ == 0) return;
    // A power of two: scaling must not cost digits.
    scale_ = std::exp2(-std::round(std::log2(mean_conductance_)));
    std::size_t k = 0;
    for (const auto i : solved_) {
        const double g = conductance[i] * scale_;
        const auto a = row_[graph_.ends()[i][0]], b = row_[graph_.ends()[i][1]];
        if (a >= 0) coo_[k++] = g;
        if (b >= 0) coo_[k++] = g;
        if (a >= 0 && b >= 0) {
            coo_[k++] = -g;
            coo_[k++] = -g;
        }
    }
    check(MatSetValuesCOO(matrix_, coo_.data(), INSERT_VALUES));
}

// Computes flows from the present pressures, and what is missing in the balance of each unknown junction. Imbalances
// count relative to the flow through the junction; where hardly anything flows, relative to a thousandth of the mean
// flow, or to the flow that a 1e-12 of the boundary pressures would drive.
double PressureSolver::imbalance(std::span<const double> conductance) {
    const auto n = graph_.num_junctions();
    for (std::size_t j = 0; j < n; ++j) {
        const auto& given = boundary_.at(j);
        const bool here = given.condition == Condition::flow && graph_.junctions().owned(j);
        balance_[2 * j] = here ? given.value : 0.0;
        balance_[2 * j + 1] = here ? std::abs(given.value) : 0.0;
    }
    std::array<double, 2> sums{0.0, static_cast<double>(solved_.size())};
    for (const auto i : solved_) {
        const auto [a, b] = graph_.ends()[i];
        const double q = conductance[i] * ((high_[a] - high_[b]) + (low_[a] - low_[b]));
        flow_[i] = q;
        sums[0] += std::abs(q);
        balance_[2 * a] -= q;
        balance_[2 * b] += q;
        balance_[2 * a + 1] += std::abs(q);
        balance_[2 * b + 1] += std::abs(q);
    }
    graph_.junctions().combine(balance_, Combine::sum, 2);
    MPI_Allreduce(MPI_IN_PLACE, sums.data(), 2, MPI_DOUBLE, MPI_SUM, graph_.comm());
    const double least = std::max(1e-3 * sums[0] / sums[1], 1e-12 * largest_given_pressure_ * mean_conductance_);
    double worst = 0.0;
    for (std::size_t j = 0; j < n; ++j) {
        if (row_[j] < 0) continue;
        const double missing = std::abs(balance_[2 * j]);
        if (missing == 0.0) continue;
        const double relative = missing / std::max(balance_[2 * j + 1], least);
        worst = std::isnan(relative) ? HUGE_VAL : std::max(worst, relative);
    }
    MPI_Allreduce(MPI_IN_PLACE, &worst, 1, MPI_DOUBLE, MPI_MAX, graph_.comm());
    return worst;
}

// Solves for the correction that the missing flows ask for; returns the iterations, or -1 without convergence.
int PressureSolver::linear_solve() {
    PetscScalar* values = nullptr;
    check(VecGetArrayWrite(right_, &values));
    for (std::size_t j = 0; j < row_.size(); ++j)
        if (row_[j] >= 0 && graph_.junctions().owned(j)) values[row_[j] - first_row_] = balance_[2 * j] * scale_;
    check(VecRestoreArrayWrite(right_, &values));
    check(KSPSolve(ksp_, right_, left_));
    KSPConvergedReason reason{};
    check(KSPGetConvergedReason(ksp_, &reason));
    PetscInt iterations = 0;
    check(KSPGetIterationNumber(ksp_, &iterations));
    // An iteration that stops early still brought the answer nearer; a breakdown did not.
    return reason > 0 || reason == KSP_DIVERGED_ITS ? iterations : -1;
}

void PressureSolver::correct() {
    const auto n = graph_.num_junctions();
    std::vector<double> correction(n, 0.0);
    const PetscScalar* values = nullptr;
    check(VecGetArrayRead(left_, &values));
    for (std::size_t j = 0; j < n; ++j)
        if (row_[j] >= 0 && graph_.junctions().owned(j)) correction[j] = values[row_[j] - first_row_];
    check(VecRestoreArrayRead(left_, &values));
    graph_.junctions().combine(correction, Combine::sum);
    for (std::size_t j = 0; j < n; ++j) {
        const double rest = low_[j] + correction[j];
        const double sum = high_[j] + rest;
        const double part = sum - high_[j];  // two-sum: sum + low is exactly high + rest
        low_[j] = (high_[j] - (sum - part)) + (rest - part);
        high_[j] = sum;
    }
}

SolveInfo PressureSolver::solve(std::span<const double> conductance) {
    NGV_ASSERT(conductance.size() == graph_.num_vessels());
    fill_matrix(conductance);
    SolveInfo info;
    info.imbalance = imbalance(conductance);
    if (num_unknowns_ == 0) {
        finish();
        return info;
    }
    if (options_.method == LinearMethod::multigrid)
        check(KSPSetReusePreconditioner(ksp_, stale_ ? PETSC_FALSE : PETSC_TRUE));
    info.rebuilt = stale_ || options_.method == LinearMethod::direct;
    int idle = 0;
    while (info.imbalance > options_.tolerance && info.refinements < most_refinements && idle < 2) {
        int iterations = linear_solve();
        if (iterations < 0 && !info.rebuilt) {
            info.rebuilt = true;
            check(KSPSetReusePreconditioner(ksp_, PETSC_FALSE));
            check(KSPSetOperators(ksp_, matrix_, matrix_));
            iterations = linear_solve();
        }
        if (iterations < 0) throw PhysicsError("the linear solver for the pressures broke down", "pressure", -1, 0.0);
        correct();
        ++info.refinements;
        info.iterations += iterations;
        if (info.rebuilt && stale_) usual_iterations_ = iterations, stale_ = false;
        if (options_.method == LinearMethod::multigrid && iterations > usual_iterations_ * 3 / 2 + 5) stale_ = true;
        const double reached = imbalance(conductance);
        idle = reached > 0.5 * info.imbalance ? idle + 1 : 0;
        info.imbalance = reached;
    }
    if (!(info.imbalance <= failed))
        throw PhysicsError(
            fmt::format("flows do not balance: {:.2g} of the flow through a junction is missing after {} "
                        "linear solves",
                        info.imbalance, info.refinements),
            "flow", -1, 0.0);
    finish();
    return info;
}

void PressureSolver::finish() {
    const auto n = graph_.num_junctions();
    std::vector<double> shift(graph_.num_components(), HUGE_VAL);
    for (std::size_t j = 0; j < n; ++j) {
        const auto c = graph_.component_of_junction(j);
        if (boundary_.floating(c) && graph_.is_leaf(j)) shift[c] = std::min(shift[c], high_[j]);
    }
    graph_.components().combine(shift, Combine::min);
    for (std::size_t c = 0; c < shift.size(); ++c)
        shift[c] = !boundary_.floating(c) ? 0.0 : boundary_.base_pressure() - (shift[c] == HUGE_VAL ? 0.0 : shift[c]);
    double inflow = 0.0;
    for (std::size_t j = 0; j < n; ++j) {
        const auto c = graph_.component_of_junction(j);
        if (!boundary_.solved(c)) continue;
        pressure_[j] = high_[j] + (low_[j] + shift[c]);
        const auto& given = boundary_.at(j);
        // What a given pressure puts in is what its vessels carry away.
        source_[j] = given.condition == Condition::flow       ? given.value
                     : given.condition == Condition::pressure ? -balance_[2 * j]
                                                              : 0.0;
        if (graph_.junctions().owned(j)) inflow += std::max(source_[j], 0.0);
    }
    MPI_Allreduce(&inflow, &inflow_, 1, MPI_DOUBLE, MPI_SUM, graph_.comm());
}

}  // namespace ngv::flow
