// The linear systems of implicit steps that include the corrections of the faces: (V - theta D (L + E)) x = b.
//
// E is not symmetric, and where tetrahedra are flat it is larger than L, so the two-point system alone is only a
// preconditioner: flexible GMRES (Saad 1993), restarted, each of whose vectors went through a few conjugate gradient
// iterations of the two-point system.
#pragma once

#include <mpi.h>

#include <functional>
#include <vector>

#include "solvers/rd/diffusion/two_point_system.hpp"

namespace ngv::rd {

class FullSystem {
  public:
    /// y = D (L + E) x, what flows into each owned tetrahedron: both [owned][species]. Collective.
    using Inflow = std::function<void(const std::vector<double>& x, std::vector<double>& y)>;

    FullSystem(MPI_Comm comm, const Stencil& stencil, TwoPointSystem& two_point, Inflow inflow, double tolerance);

    /// As TwoPointSystem::solve(), for the theta that the two-point system has. Returns the iterations of the two-point
    /// system. Collective.
    int solve(const std::vector<double>& b, const double* scale, std::vector<double>& x, double time_ms);

  private:
    void multiply(const std::vector<double>& x, std::vector<double>& y);
    double dot(const std::vector<double>& a, const std::vector<double>& b) const;

    static constexpr int most_vectors = 30, most_restarts = 30;
    MPI_Comm comm_;
    const Stencil& stencil_;
    TwoPointSystem& two_point_;
    Inflow inflow_;
    double tolerance_;
    std::vector<std::vector<double>> basis_, preconditioned_;
    std::vector<double> weight_;  // 1 / diagonal of the two-point system, scaled by species
};

}  // namespace ngv::rd
