// Pressures at the junctions, and flows in the vessels, of a network of known conductances.
//
//     sum over the vessels at junction j of  G_ij (p_j - p_i) = q_j      (Kirchhoff; q_j: flow put in at j)
//
// Junctions with a given pressure are eliminated, which leaves a symmetric positive definite matrix. A pressure is the
// sum of two doubles, and the equation is solved for what is missing in the balance of each junction until nothing is:
// a pressure difference along a short wide vessel is far below the last digit of the pressure itself, yet its flow is
// right. So the answer does not depend on the method or on the number of ranks.
//
//     PressureSolver solver(graph, boundary, {});
//     solver.solve(conductance);                      // um3/(s Pa), one a vessel of this rank
//     solver.flow()[i], solver.pressure()[j];
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "solvers/flow/boundary/boundary.hpp"
#include "solvers/flow/network/graph.hpp"
#include "solvers/flow/pressure/petsc.hpp"

namespace ngv::flow {

enum class LinearMethod {
    automatic,  ///< direct up to PressureOptions::direct_limit unknowns (a twentieth on several ranks), else multigrid
    direct,     ///< Cholesky (CHOLMOD on one rank, MUMPS on several); the order of elimination is found once
    multigrid,  ///< conjugate gradients with algebraic multigrid, which is kept as long as it serves
};

LinearMethod linear_method(std::string_view name);

struct PressureOptions {
    LinearMethod method = LinearMethod::automatic;
    std::int64_t direct_limit = 100'000;
    double tolerance = 1e-12;  ///< largest imbalance of a junction over the flow through it
};

struct SolveInfo {
    double imbalance = 0;  ///< reached; relative as in PressureOptions::tolerance
    int refinements = 0;   ///< linear solves
    int iterations = 0;    ///< of conjugate gradients, summed
    bool rebuilt = false;  ///< the preconditioner was made anew
};

class PressureSolver {
  public:
    /// Collective. `graph` and `boundary` must outlive the solver.
    PressureSolver(const Graph& graph, const Boundary& boundary, PressureOptions options);

    /// Collective. Starts from the pressures of the last call. Throws PhysicsError if the balance stays above 1e-9.
    SolveInfo solve(std::span<const double> conductance);

    std::span<const double> flow() const { return flow_; }  ///< [vessels] um3/s from start to end; NaN if not solved
    std::span<const double> pressure() const { return pressure_; }  ///< [junctions] Pa; NaN if not solved
    double inflow() const { return inflow_; }                       ///< um3/s into the network, over all ranks
    /// Flow into the network at each boundary junction of this rank (0 elsewhere), um3/s.
    std::span<const double> source() const { return source_; }
    std::int64_t num_unknowns() const { return num_unknowns_; }
    LinearMethod method() const { return options_.method; }

  private:
    void number_unknowns();
    void make_matrix();
    void make_ksp();
    void fill_matrix(std::span<const double> conductance);
    double imbalance(std::span<const double> conductance);
    int linear_solve();
    void correct();
    void finish();

    const Graph& graph_;
    const Boundary& boundary_;
    PressureOptions options_;
    std::int64_t num_unknowns_ = 0;
    double largest_given_pressure_ = 0;
    std::vector<PetscInt> row_;  // [junctions]; -1: pressure given, or not solved
    PetscInt first_row_ = 0, num_rows_ = 0;
    std::vector<std::int32_t> solved_;  // vessels of solved components
    std::vector<double> high_, low_;  // [junctions] pressure = high + low, Pa, before the shift of floating components
    std::vector<double> balance_;     // [2 junctions] missing flow, throughput
    std::vector<double> flow_, pressure_, source_;
    std::vector<double> coo_;
    double inflow_ = 0, scale_ = 1, mean_conductance_ = 0;
    int usual_iterations_ = 0;
    bool stale_ = true;
    PetscHandle<Mat, MatDestroy> matrix_;
    PetscHandle<Vec, VecDestroy> right_, left_;
    PetscHandle<KSP, KSPDestroy> ksp_;
};

}  // namespace ngv::flow
