// The linear system of the membrane potential (potential.hpp): matrices, vectors and solver, as PETSc has them.
#pragma once

#include <algorithm>

#include "solvers/rd/diffusion/petsc.hpp"
#include "solvers/rd/membrane/potential.hpp"

namespace ngv::rd {

// Lengths in um, potentials in mV, times in ms, currents in nA: conductances are uS, capacities nF.
inline constexpr double uS_per_S_um = 1.0;    // S/m * um
inline constexpr double uS_per_S_um2 = 1e-6;  // S/m2 * um2
inline constexpr double nF_per_F_um2 = 1e-3;  // F/m2 * um2, nA ms/mV

struct MembranePotential::System {
    std::shared_ptr<PetscSession> session;
    PetscMat stiffness, matrix;  // K; C + gamma dt (K + G)
    PetscVec v, change, right, capacity, leak, diagonal, work, held, injected;
    PetscVec factored;                                  // diagonal of the matrix that the preconditioner is of
    PetscVec local;                                     // sequential, [local vertices]
    PetscOwned<VecScatter, VecScatterDestroy> scatter;  // global -> local
    PetscKsp ksp;
    double dt = -1.0;
    bool reuses = false;      // the next solve keeps the preconditioner
    PetscInt iterations = 0;  // of the first solve with it

    void keep_preconditioner(bool keep) {
        reuses = keep;
        RD_PETSC(KSPSetReusePreconditioner(ksp, keep ? PETSC_TRUE : PETSC_FALSE));
    }
    void publish(Vec from, std::vector<double>& to) {  // what the ranks share, to where it is used
        RD_PETSC(VecScatterBegin(scatter, from, local, INSERT_VALUES, SCATTER_FORWARD));
        RD_PETSC(VecScatterEnd(scatter, from, local, INSERT_VALUES, SCATTER_FORWARD));
        const double* values = nullptr;
        RD_PETSC(VecGetArrayRead(local, &values));
        std::copy(values, values + to.size(), to.begin());
        RD_PETSC(VecRestoreArrayRead(local, &values));
    }
    void collect(const std::vector<double>& from, Vec to) {
        fill_local([&](double* values) { std::copy(from.begin(), from.end(), values); });
        RD_PETSC(VecScatterBegin(scatter, local, to, INSERT_VALUES, SCATTER_REVERSE));
        RD_PETSC(VecScatterEnd(scatter, local, to, INSERT_VALUES, SCATTER_REVERSE));
    }
    void set_off_diagonal(double theta) {
        RD_PETSC(MatCopy(stiffness, matrix, SAME_NONZERO_PATTERN));
        RD_PETSC(MatScale(matrix, theta));
    }
    void add(Vec to) {  // sums what the ranks have put into `local`
        RD_PETSC(VecScatterBegin(scatter, local, to, ADD_VALUES, SCATTER_REVERSE));
        RD_PETSC(VecScatterEnd(scatter, local, to, ADD_VALUES, SCATTER_REVERSE));
    }
    template <class F>
    void fill_local(F f) {
        RD_PETSC(VecZeroEntries(local));
        double* values = nullptr;
        RD_PETSC(VecGetArray(local, &values));
        f(values);
        RD_PETSC(VecRestoreArray(local, &values));
    }
};

}  // namespace ngv::rd
