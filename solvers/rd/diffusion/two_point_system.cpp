#include "solvers/rd/diffusion/two_point_system.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "ngv/error.hpp"
#include "solvers/rd/diffusion/petsc.hpp"

namespace ngv::rd {

struct TwoPointSystem::Impl {
    std::shared_ptr<PetscSession> session;
    MPI_Comm comm;
    const Cells& mesh;
    const Stencil& stencil;
    Halo& halo;
    std::vector<double> diffusion, theta_diffusion;
    double theta = -1.0, tolerance = 0.0;
    std::vector<double> ghosts, inverse_diagonal, right_side, solution;
    PetscMat matrix;
    PetscVec b, x;
    PetscKsp ksp;

    Impl(MPI_Comm c, const Cells& m, const Stencil& s, Halo& h, std::vector<double> d, double tol)
        : session(PetscSession::open(c)),
          comm(c),
          mesh(m),
          stencil(s),
          halo(h),
          diffusion(std::move(d)),
          tolerance(tol) {}

    static PetscErrorCode multiply(Mat matrix, Vec in, Vec out) {
        void* context = nullptr;
        PetscCall(MatShellGetContext(matrix, &context));
        auto& self = *static_cast<Impl*>(context);
        const double* x = nullptr;
        double* y = nullptr;
        PetscCall(VecGetArrayRead(in, &x));
        PetscCall(VecGetArrayWrite(out, &y));
        const int ns = self.stencil.num_species;
        const View view{x, self.ghosts.data()};
        const auto interior = static_cast<std::size_t>(self.mesh.num_interior);
        self.halo.start(x, ns);
        RD_DISPATCH(ns, apply_matrix, self.stencil, view, self.theta_diffusion.data(), 0, interior, y);
        self.halo.finish(self.ghosts.data());
        RD_DISPATCH(ns, apply_matrix, self.stencil, view, self.theta_diffusion.data(), interior, self.stencil.num_owned,
                    y);
        PetscCall(VecRestoreArrayWrite(out, &y));
        PetscCall(VecRestoreArrayRead(in, &x));
        return 0;
    }

    static PetscErrorCode precondition(PC pc, Vec in, Vec out) {
        void* context = nullptr;
        PetscCall(PCShellGetContext(pc, &context));
        const auto& self = *static_cast<Impl*>(context);
        const double* r = nullptr;
        double* z = nullptr;
        PetscCall(VecGetArrayRead(in, &r));
        PetscCall(VecGetArrayWrite(out, &z));
        for (std::size_t i = 0; i < self.inverse_diagonal.size(); ++i) z[i] = self.inverse_diagonal[i] * r[i];
        PetscCall(VecRestoreArrayWrite(out, &z));
        PetscCall(VecRestoreArrayRead(in, &r));
        return 0;
    }

    void create() {
        const auto ns = static_cast<std::size_t>(stencil.num_species);
        const std::size_t n = stencil.num_owned * ns;
        ghosts.resize(static_cast<std::size_t>(mesh.num_ghosts()) * ns);
        inverse_diagonal.resize(n);
        right_side.resize(n);
        solution.resize(n);
        theta_diffusion.resize(ns);

        const auto size = static_cast<PetscInt>(n);
        RD_PETSC(VecCreateMPIWithArray(comm, 1, size, PETSC_DECIDE, right_side.data(), &b));
        RD_PETSC(VecCreateMPIWithArray(comm, 1, size, PETSC_DECIDE, solution.data(), &x));
        RD_PETSC(MatCreateShell(comm, size, size, PETSC_DECIDE, PETSC_DECIDE, this, &matrix));
        RD_PETSC(MatShellSetOperation(matrix, MATOP_MULT, reinterpret_cast<void (*)()>(multiply)));
        RD_PETSC(KSPCreate(comm, &ksp));
        RD_PETSC(KSPSetOperators(ksp, matrix, matrix));
        RD_PETSC(KSPSetType(ksp, KSPCG));
        RD_PETSC(KSPSetNormType(ksp, KSP_NORM_NATURAL));  // the one norm that CG has for nothing
        PC pc = nullptr;
        RD_PETSC(KSPGetPC(ksp, &pc));
        RD_PETSC(PCSetType(pc, PCSHELL));
        RD_PETSC(PCShellSetContext(pc, this));
        RD_PETSC(PCShellSetApply(pc, precondition));
        RD_PETSC(KSPSetUp(ksp));
    }
};

TwoPointSystem::TwoPointSystem(MPI_Comm comm, const Cells& mesh, const Stencil& stencil, Halo& halo,
                               std::vector<double> diffusion, double tolerance)
    : impl_(std::make_unique<Impl>(comm, mesh, stencil, halo, std::move(diffusion), tolerance)) {
    impl_->create();
}

TwoPointSystem::~TwoPointSystem() = default;

double TwoPointSystem::theta() const {
    return impl_->theta;
}

void TwoPointSystem::set_theta(double theta_ms) {
    Impl& self = *impl_;
    if (theta_ms == self.theta) return;
    self.theta = theta_ms;
    const auto ns = static_cast<std::size_t>(self.stencil.num_species);
    for (std::size_t s = 0; s < ns; ++s) self.theta_diffusion[s] = theta_ms * self.diffusion[s];
    // The norm of CG is sqrt(sum r^2 / diagonal); where it is below V / sqrt(diagonal) of every tetrahedron, no |r|
    // exceeds V.
    double smallest = std::numeric_limits<double>::max();
    for (std::size_t i = 0; i < self.stencil.num_owned; ++i) {
        const double* g = self.stencil.conductance + 4 * i;
        const double sum = g[0] + g[1] + g[2] + g[3], volume = self.stencil.volumes[i];
        for (std::size_t s = 0; s < ns; ++s) {
            const double diagonal = volume + self.theta_diffusion[s] * sum;
            self.inverse_diagonal[i * ns + s] = 1.0 / diagonal;
            smallest = std::min(smallest, volume * volume / diagonal);
        }
    }
    MPI_Allreduce(MPI_IN_PLACE, &smallest, 1, MPI_DOUBLE, MPI_MIN, self.comm);
    RD_PETSC(KSPSetTolerances(self.ksp, 1e-50, self.tolerance * std::sqrt(smallest), 1e50, 10000));
}

int TwoPointSystem::solve(const double* b, const double* scale, double* x, double time_ms) {
    Impl& self = *impl_;
    const auto ns = static_cast<std::size_t>(self.stencil.num_species);
    double down[most_species], up[most_species];
    for (std::size_t s = 0; s < ns; ++s) {
        up[s] = scale[s] > 0.0 ? scale[s] : 1.0;
        down[s] = 1.0 / up[s];
    }
    double* scaled = nullptr;
    RD_PETSC(VecGetArrayWrite(self.b, &scaled));
    for (std::size_t i = 0; i < self.stencil.num_owned; ++i)
        for (std::size_t s = 0; s < ns; ++s) scaled[i * ns + s] = b[i * ns + s] * down[s];
    RD_PETSC(VecRestoreArrayWrite(self.b, &scaled));
    RD_PETSC(KSPSolve(self.ksp, self.b, self.x));
    KSPConvergedReason reason = KSP_CONVERGED_ITERATING;
    RD_PETSC(KSPGetConvergedReason(self.ksp, &reason));
    PetscInt iterations = 0;
    RD_PETSC(KSPGetIterationNumber(self.ksp, &iterations));
    if (reason < 0)
        throw PhysicsError(fmt::format("the linear solver of diffusion gave up after {} iterations ({}) at {:.6g} ms",
                                       iterations, KSPConvergedReasons[reason], time_ms),
                           "all species", -1, time_ms);
    for (std::size_t i = 0; i < self.stencil.num_owned; ++i)
        for (std::size_t s = 0; s < ns; ++s) x[i * ns + s] = self.solution[i * ns + s] * up[s];
    return static_cast<int>(iterations);
}

}  // namespace ngv::rd
