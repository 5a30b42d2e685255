// The linear systems of the implicit steps: (V - theta D L) x = b for all species at once, by conjugate gradients.
//
// The matrix is symmetric, an M-matrix, and differs between species by D alone, so it is applied from the mesh's face
// conductances and never assembled; its diagonal is the preconditioner. A new theta costs one pass over the diagonal.
// The species are independent blocks of one system; each is scaled by its largest concentration, so that one tolerance
// serves glutamate and sodium alike.
//
// Iterations run in single precision (float_cg.hpp) and gain at most seven digits; what is then missing of the tolerance
// comes from further rounds, each of which starts from the residual in double precision.
#pragma once

#include <mpi.h>

#include <vector>

#include "solvers/rd/diffusion/kernels.hpp"
#include "solvers/rd/mesh/halo.hpp"
#include "solvers/rd/mesh/local_mesh.hpp"

namespace ngv::rd {

class TwoPointSystem {
  public:
    /// `stencil`, `halo` and `mesh` must outlive this. `diffusion`: um2/ms, one a species.
    TwoPointSystem(MPI_Comm comm, const Cells& mesh, const Stencil& stencil, Halo& halo, std::vector<double> diffusion,
                   double tolerance);

    /// Collective.
    void set_theta(double theta_ms);
    double theta() const { return theta_; }

    /// u = guess + x with (V - theta D L) x = b, all [owned][species]. Stops when no tetrahedron's residual
    /// b - (V - theta D L) x can be larger than the tolerance times `scale` [species] times V. Returns the number of
    /// iterations. Throws PhysicsError when it does not converge; `time_ms` is for the message. Collective.
    int solve(const double* b, const double* scale, const double* guess, double* u, double time_ms);
    /// A rough solution: two digits of the residual. Collective.
    int approximate(const double* b, const double* scale, double* x, double time_ms);
    /// [owned][species] one over the diagonal of V - theta D L; and what the norm sqrt(sum r^2 / diagonal) is compared
    /// with: where it is below the root of this, no |r| exceeds V.
    std::vector<double> inverse_diagonal() const;
    double smallest() const { return smallest_; }

  private:
    void set_scale(const double* scale);
    double take_residual(const double* b);
    void add_solution(const double* from, double* to) const;
    double multiply();
    int iterate(double squared_goal, double squared_norm, double time_ms);

    MPI_Comm comm_;
    const Cells& mesh_;
    const Stencil& stencil_;
    Halo& halo_;
    std::vector<double> diffusion_, theta_diffusion_, up_, down_;
    double theta_ = -1.0, tolerance_, smallest_ = 0.0;
    std::vector<std::int32_t> neighbours_;                 // [4 owned], itself where there is none
    std::vector<float> conductance_, volumes_, theta_d_;   // single copies
    std::vector<float> inverse_diagonal_, x_, r_, q_, p_;  // p: ghosts behind the owned
    std::vector<double> scaled_, product_, ghosts_;        // double, for further rounds
};

}  // namespace ngv::rd
