// Diffusion of all species over one step: finite volumes in space (finite_volumes.hpp), implicit in time.
//
//   second_order   u1 = c + dt gamma (L u1 + E c)                                  gamma = 1 - 1/sqrt(2), L-stable in L
//                  u2 = c + dt ((1 - gamma) L u1 + gamma L u2 + delta E c + (1 - delta) E u1),   delta = 1 - 1/(2
//                  gamma) (ARS(2,2,2): Ascher, Ruuth, Spiteri, Appl Numer Math 25, 1997.) L: two-point part, E:
//                  correction of the faces.
//   euler          u1 = c + dt (L u1 + E c)
//
// Where the step is so long that an explicit E would be unstable on more than one face in a hundred, E is implicit too
// (full_system.hpp; second_order alone), with the same two stages. On single slivers E is scaled down instead.
//
// Conservation. The linear solves give the u; the new concentrations then follow from fluxes through faces, each the
// exact negative of what the neighbour sees: c + dt/V sum(flux). Mass is conserved to rounding however well the solves
// converged.
//
// Positivity. The two-point part makes an M-matrix, so a solve with a right side above zero gives values above zero.
// Two things can push it below, and both are cut at the faces, as much as needed and no more, which leaves conservation
// untouched:
//  - a correction that takes more from a tetrahedron than it holds: its outflows are scaled down to what is there;
//  - the second-order scheme itself where a tetrahedron loses half of its content in a step. (No linear scheme of order
//  2 is positive at
//    every step length: Bolley & Crouzeix 1978.) Then the step of that species becomes implicit Euler plus as large a
//    share of each face's remaining flux as leaves its source above zero (Zalesak, J Comput Phys 31, 1979).
// What is then still below zero is rounding (1e-13 of the largest); it is set to zero and taken from all others in
// proportion to what they hold.
#pragma once

#include <mpi.h>

#include <cstdint>
#include <string>
#include <vector>

#include "solvers/rd/diffusion/finite_volumes.hpp"
#include "solvers/rd/diffusion/full_system.hpp"
#include "solvers/rd/diffusion/kernels.hpp"
#include "solvers/rd/diffusion/two_point_system.hpp"
#include "solvers/rd/mesh/halo.hpp"
#include "solvers/rd/mesh/local_mesh.hpp"
#include "solvers/rd/model/model.hpp"

namespace ngv::rd {

/// What diffuses, and how carefully.
struct Diffusing {
    std::vector<std::string> names = {};  ///< for messages
    std::vector<double> diffusion = {};   ///< um2/ms, free
    TimeScheme scheme = TimeScheme::second_order;
    bool correct_faces = true;
    double tolerance = 1e-9;  ///< largest residual of the linear solves, relative to a species' largest concentration
    std::string unit = "mM", cell = "tetrahedron";  ///< for messages
};

class Diffusion {
  public:
    struct Statistics {
        std::int64_t solves = 0, iterations = 0, limited_steps = 0;
    };

    /// `mesh` must outlive this. Collective, as all of its functions.
    Diffusion(MPI_Comm comm, const Cells& mesh, const CellShape& shape, Medium medium, Diffusing what);

    /// Advances concentrations [owned][species] by dt ms. Throws PhysicsError naming species and tetrahedron for a
    /// value that is not finite or that stays negative, and for a solve that does not converge; `begin_ms` is for the
    /// message.
    void step(double* c, double dt, double begin_ms);
    /// mM um3 that held cells took up in the last step, by species, on this rank; negative where they gave.
    const std::vector<double>& absorbed() const { return absorbed_; }

    const Statistics& statistics() const { return statistics_; }
    /// Share of all faces that lose part of their correction at steps of dt ms.
    double share_of_limited_faces(double dt) const;

  private:
    struct Range {
        std::vector<double> lowest, highest;  // over all ranks
    };

    void find_range(const double* c, double begin_ms);
    void fluxes(double a, double b, const View& u);
    void inflow_of_corrections(double dt);
    void two_point(const View& u, std::vector<double>& inflow);
    void exchange(const std::vector<double>& u, std::vector<double>& ghosts, int width);
    void solve(const std::vector<double>& guess, std::vector<double>& u);
    void prepare(double dt);
    void inflow(const std::vector<double>& u, std::vector<double>& out);
    void stages(double dt);
    void stages_with_implicit_corrections(double dt);
    void limit(double* c, double dt);
    void refuse_negative(const double* c, double time_ms) const;
    void clear_rounding(double* c, double time_ms);
    [[noreturn]] void fail(const double* c, std::size_t i, int s, double time_ms, const char* what) const;

    MPI_Comm comm_;
    const Cells& mesh_;
    Diffusing what_;
    int ns_;
    Halo halo_;
    FiniteVolumes volumes_;
    Stencil stencil_;
    std::vector<double> d_;                       // um2/ms
    std::vector<double> absorbed_, held_inflow_;  // held: [held][species] mM um3/ms
    TwoPointSystem system_;
    FullSystem full_system_;
    bool implicit_corrections_ = false;
    double prepared_for_ = -1.0, time_ms_ = 0.0;
    Range range_;
    Statistics statistics_;

    // [owned][species], with their ghosts
    std::vector<double> old_, u1_, u2_, room_, residual_, inflow1_, inflow2_, corrections_, shares_;
    std::vector<double> old_ghosts_, u1_ghosts_, u2_ghosts_, shares_ghosts_;
    std::vector<double> gradient_, gradient_ghosts_;  // [owned][3][species]
    std::vector<double> flows_;                       // [faces][species], of the corrections
    double share1_ = 0.0, share2_ = 0.0;              // the final flux is share1 L u1 + share2 L u2 + corrections
};

}  // namespace ngv::rd
