#include "solvers/rd/membrane/potential.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ngv/error.hpp"
#include "solvers/rd/membrane/potential_system.hpp"

namespace ngv::rd {

namespace {

constexpr double nA_per_C_ms = 1e12;          // C / ms
constexpr double held_weight = 1e20;          // on the diagonal of a vertex that keeps its potential
constexpr PetscInt most_more_iterations = 6;  // than right after a factorisation, before the next one

const double gamma_ = 1.0 - 1.0 / std::sqrt(2.0);

}  // namespace

MembranePotential::MembranePotential(MPI_Comm comm, const LocalMesh& mesh, const Model& model, const RegionMap& regions)
    : comm_(comm), mesh_(mesh), model_(model), regions_(regions), system_(std::make_unique<System>()) {
    system_->session = PetscSession::open(comm);
    membrane_of_patch_.assign(model.patches.size(), -1);
    for (std::size_t m = 0; m < model.membranes.size(); ++m)
        for (const int p : model.membranes[m].patches) membrane_of_patch_[p] = static_cast<int>(m);
    conducts_.assign(model.compartments.size(), false);
    for (std::size_t p = 0; p < model.patches.size(); ++p)
        if (membrane_of_patch_[p] >= 0) conducts_[model.patches[p].inside] = true;
    number_vertices();
    assemble();
    publish();
}

MembranePotential::~MembranePotential() = default;

void MembranePotential::publish() {
    System& s = *system_;
    at_vertices_.resize(nodes_.size());
    s.publish(s.v, at_vertices_);
    at_faces_.assign(areas_.size(), 0.0);
    for (std::size_t f = 0; f < areas_.size(); ++f)
        for (int k = 0; k < 3; ++k)
            if (face_vertices_[3 * f + k] >= 0) at_faces_[f] += at_vertices_[face_vertices_[3 * f + k]] / 3.0;
}

std::vector<double> MembranePotential::at_tetrahedra() const {
    std::vector<double> result(static_cast<std::size_t>(mesh_.num_owned), std::nan(""));
    for (std::size_t i = 0; i < result.size(); ++i) {
        if (!conducts_[regions_.compartment[i]]) continue;
        result[i] = 0.0;
        for (int k = 0; k < 4; ++k) {
            const auto at = std::lower_bound(nodes_.begin(), nodes_.end(), mesh_.nodes[4 * i + k]) - nodes_.begin();
            result[i] += 0.25 * at_vertices_[at];
        }
    }
    return result;
}

void MembranePotential::set(const std::vector<double>& mV) {
    system_->collect(mV, system_->v);
    publish();
}

MembranePotential::Kept MembranePotential::kept() const {
    if (!system_->reuses) return {};
    Kept kept{std::vector<double>(nodes_.size()), system_->dt, system_->iterations};
    system_->publish(system_->factored, kept.diagonal);
    return kept;
}

void MembranePotential::keep(const Kept& kept) {
    System& s = *system_;
    s.dt = kept.dt;
    s.iterations = static_cast<PetscInt>(kept.iterations);
    s.keep_preconditioner(false);
    if (kept.dt < 0.0) return;
    s.collect(kept.diagonal, s.factored);
    s.set_off_diagonal(gamma_ * kept.dt);
    RD_PETSC(MatDiagonalSet(s.matrix, s.factored, INSERT_VALUES));
    RD_PETSC(KSPSetOperators(s.ksp, s.matrix, s.matrix));
    RD_PETSC(KSPSetUp(s.ksp));
    RD_PETSC(KSPSetUpOnBlocks(s.ksp));
    s.keep_preconditioner(true);
}

std::vector<std::int32_t> MembranePotential::vertices(const std::function<bool(const Point&)>& wanted) const {
    std::vector<std::int32_t> result;
    for (std::size_t k = 0; k < places_.size(); ++k)
        if (wanted(places_[k])) result.push_back(static_cast<std::int32_t>(k));
    return result;
}

void MembranePotential::inject(const std::vector<std::int32_t>& vertices, double nA) {
    System& s = *system_;
    // A vertex that several ranks list counts once.
    s.fill_local([&](double* local) {
        for (const auto k : vertices) local[k] = 1.0;
    });
    RD_PETSC(VecZeroEntries(s.work));
    RD_PETSC(VecScatterBegin(s.scatter, s.local, s.work, MAX_VALUES, SCATTER_REVERSE));
    RD_PETSC(VecScatterEnd(s.scatter, s.local, s.work, MAX_VALUES, SCATTER_REVERSE));
    double count = 0.0;
    RD_PETSC(VecSum(s.work, &count));
    if (count == 0.0)
        throw UserError(Problem{"injections", "a current is injected where there is no vertex", "enlarge its zone"});
    RD_PETSC(VecAXPY(s.injected, nA / count, s.work));
}

void MembranePotential::stop_injections() {
    RD_PETSC(VecZeroEntries(system_->injected));
}

void MembranePotential::hold(const std::vector<std::int32_t>& vertices, double mV) {
    System& s = *system_;
    auto values = at_vertices_;
    for (const auto k : vertices) values[k] = mV;
    // Every rank that has such a vertex must set it.
    s.fill_local([&](double* local) {
        for (const auto k : vertices) local[k] = held_weight;
    });
    RD_PETSC(VecScatterBegin(s.scatter, s.local, s.held, MAX_VALUES, SCATTER_REVERSE));
    RD_PETSC(VecScatterEnd(s.scatter, s.local, s.held, MAX_VALUES, SCATTER_REVERSE));
    s.dt = -1.0;
    set(values);
}

void MembranePotential::advance(double dt, const std::vector<double>& conductance, const std::vector<double>& drive,
                                const std::vector<double>& charge, double time_ms) {
    System& s = *system_;
    const double theta = gamma_ * dt;
    const bool new_step = dt != s.dt;
    s.dt = dt;

    // G and the currents that do not depend on V.
    const auto gather = [&](Vec to, const std::function<double(std::size_t, const Membrane&)>& value) {
        s.fill_local([&](double* local) {
            for (std::size_t f = 0; f < areas_.size(); ++f) {
                const int m = membrane_of_patch_[regions_.faces[f].patch];
                if (m < 0) continue;
                const double third = value(f, model_.membranes[m]) / 3.0;
                for (int k = 0; k < 3; ++k) local[face_vertices_[3 * f + k]] += third;
            }
        });
        s.add(to);
    };
    RD_PETSC(VecZeroEntries(s.work));
    gather(s.work, [&](std::size_t f, const Membrane& m) {
        return uS_per_S_um2 * m.leak_conductance * areas_[f] + (conductance.empty() ? 0.0 : conductance[f]);
    });
    RD_PETSC(VecCopy(s.injected, s.right));
    gather(s.right, [&](std::size_t f, const Membrane& m) {
        return uS_per_S_um2 * m.leak_conductance * areas_[f] * m.leak_reversal + (drive.empty() ? 0.0 : drive[f]) +
               (charge.empty() ? 0.0 : nA_per_C_ms * charge[f] / dt);
    });

    // theta (b - (K + G) V)
    RD_PETSC(MatMult(s.stiffness, s.v, s.change));
    RD_PETSC(VecPointwiseMult(s.diagonal, s.work, s.v));
    RD_PETSC(VecAXPY(s.right, -1.0, s.change));
    RD_PETSC(VecAXPY(s.right, -1.0, s.diagonal));
    RD_PETSC(VecScale(s.right, theta));

    // The matrix: only its diagonal changes unless dt does.
    if (new_step) {
        s.set_off_diagonal(theta);
        s.keep_preconditioner(false);
    }
    RD_PETSC(MatGetDiagonal(s.stiffness, s.diagonal));
    RD_PETSC(VecAXPY(s.diagonal, 1.0, s.work));
    RD_PETSC(VecScale(s.diagonal, theta));
    RD_PETSC(VecAXPY(s.diagonal, 1.0, s.capacity));
    RD_PETSC(VecAXPY(s.diagonal, 1.0, s.held));
    RD_PETSC(MatDiagonalSet(s.matrix, s.diagonal, INSERT_VALUES));
    RD_PETSC(KSPSetOperators(s.ksp, s.matrix, s.matrix));

    const auto solve = [&] {
        double* right = nullptr;
        const double* held = nullptr;
        PetscInt rows = 0;
        RD_PETSC(VecGetLocalSize(s.v, &rows));
        RD_PETSC(VecGetArray(s.right, &right));
        RD_PETSC(VecGetArrayRead(s.held, &held));
        for (PetscInt row = 0; row < rows; ++row)
            if (held[row] > 0.0) right[row] = 0.0;
        RD_PETSC(VecRestoreArrayRead(s.held, &held));
        RD_PETSC(VecRestoreArray(s.right, &right));
        if (!s.reuses) RD_PETSC(VecCopy(s.diagonal, s.factored));
        RD_PETSC(KSPSolve(s.ksp, s.right, s.change));
        KSPConvergedReason reason = KSP_CONVERGED_ITERATING;
        PetscInt iterations = 0;
        RD_PETSC(KSPGetConvergedReason(s.ksp, &reason));
        RD_PETSC(KSPGetIterationNumber(s.ksp, &iterations));
        iterations_ += iterations;
        if (reason < 0)
            throw PhysicsError(fmt::format("the solver of the membrane potential gave up after {} iterations ({}) at "
                                           "{:.6g} ms",
                                           iterations, KSPConvergedReasons[reason], time_ms),
                               "potential", -1, time_ms);
        if (!s.reuses) s.iterations = iterations;
        s.keep_preconditioner(iterations <= s.iterations + most_more_iterations);
        RD_PETSC(VecAXPY(s.v, 1.0, s.change));
    };
    solve();
    // The second stage starts from the first: what remains of its right side is C times the first change.
    RD_PETSC(VecPointwiseMult(s.right, s.capacity, s.change));
    RD_PETSC(VecScale(s.right, (1.0 - gamma_) / gamma_));
    solve();
    publish();
}

}  // namespace ngv::rd
