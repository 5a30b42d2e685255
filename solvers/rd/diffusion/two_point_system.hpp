// The linear systems of the implicit steps: (V - theta D L) x = b for all species at once, by PETSc's conjugate
// gradients.
//
// The matrix is symmetric, an M-matrix, and differs between species by D alone, so it is applied from the mesh's face
// conductances (a PETSc shell matrix) and never assembled; its diagonal is the preconditioner. A new theta costs one
// pass over the diagonal. The species are independent blocks of one system; each is scaled by its largest
// concentration, so that one tolerance serves glutamate and sodium alike.
#pragma once

#include <mpi.h>

#include <memory>
#include <vector>

#include "solvers/rd/diffusion/kernels.hpp"
#include "solvers/rd/mesh/halo.hpp"
#include "solvers/rd/mesh/local_mesh.hpp"

namespace ngv::rd {

class TwoPointSystem {
  public:
    /// `stencil`, `halo` and `mesh` must outlive this. `diffusion`: um2/ms in tissue, one a species.
    TwoPointSystem(MPI_Comm comm, const Cells& mesh, const Stencil& stencil, Halo& halo, std::vector<double> diffusion,
                   double tolerance);
    ~TwoPointSystem();

    /// Collective.
    void set_theta(double theta_ms);
    double theta() const;

    /// x of (V - theta D L) x = b, all [owned][species]. Stops when no tetrahedron's residual b - (V - theta D L) x can
    /// be larger than the tolerance times `scale` [species] times V. Returns the number of iterations. Throws
    /// PhysicsError when it does not converge; `time_ms` is for the message. Collective.
    int solve(const double* b, const double* scale, double* x, double time_ms);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace ngv::rd
