// Pressures at the junctions of a network without dead ends and rows: what is left after Elimination.
//
// A pressure is the sum of two doubles, and the equations are solved for what is missing in the balance of each junction
// until nothing is: a pressure difference along a short wide vessel is far below the last digit of the pressure itself,
// yet its flow is right. So the answer depends neither on the linear method nor on the order of anything.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "solvers/flow/core/sparse.hpp"

namespace ngv::flow {

enum class LinearMethod {
    automatic,  ///< direct up to PressureOptions::direct_limit unknowns, else multigrid
    direct,     ///< Cholesky; the order of elimination is found once
    multigrid,  ///< conjugate gradients with algebraic multigrid, which is kept as long as it serves
};

/// UserError with the nearest name if there is none of that name.
LinearMethod linear_method(std::string_view name);

struct PressureOptions {
    LinearMethod method = LinearMethod::automatic;
    std::int64_t direct_limit = 2'000;
    double tolerance = 1e-12;  ///< largest imbalance of a junction over the flow through it
};

struct SolveInfo {
    double imbalance = 0;  ///< reached; relative as in PressureOptions::tolerance
    int refinements = 0;   ///< linear solves
    int iterations = 0;    ///< of conjugate gradients, summed
    bool rebuilt = false;  ///< the preconditioner was made anew
};

class CoreSolver {
  public:
    /// Ends of the edges: unknowns 0 .. n-1; -1 - k stands for the k-th given pressure.
    CoreSolver(std::int32_t num_unknowns, std::vector<std::array<std::int32_t, 2>> edges, PressureOptions options);
    ~CoreSolver();

    /// Flows put in at the unknowns, given pressures; starts from the pressures of the last call. `tolerance` replaces
    /// that of the options (0: keep). PhysicsError if the balance stays above 1e-9 or the tolerance, whichever is more.
    SolveInfo solve(std::span<const double> conductance, std::span<const double> source, std::span<const double> given,
                    double tolerance = 0);

    std::span<const double> high() const { return high_; }  ///< [unknowns]; pressure = high + low
    std::span<const double> low() const { return low_; }
    std::span<const double> flow() const { return flow_; }  ///< [edges]
    LinearMethod method() const { return options_.method; }

    /// Where the next solve starts from, and the conductances that the multigrid was made for (empty: it is made anew).
    struct Start {
        std::vector<double> high, low, made_for;
        double usual_effort = 0;
        bool stale = true;
    };
    Start start() const { return {high_, low_, made_for_, usual_effort_, stale_}; }
    void set_start(const Start& start);

  private:
    struct Linear;
    double imbalance(std::span<const double> conductance, std::span<const double> source,
                     std::span<const double> given);
    void fill(std::span<const double> conductance);
    int linear_solve(bool rebuild, double reduction, bool first);
    void correct();

    PressureOptions options_;
    std::vector<std::array<std::int32_t, 2>> edges_;
    SparseRows<double> matrix_;
    std::vector<std::array<std::int32_t, 2>> place_;  // [edges] of its two entries in matrix_.value; -1: none
    std::vector<double> high_, low_, balance_, through_, correction_, flow_;
    std::vector<double> filled_, made_for_;  // conductances of the matrix, of the multigrid
    double scale_ = 1;
    double usual_effort_ = 0;  // iterations a digit, when the multigrid was new
    bool stale_ = true;
    std::unique_ptr<Linear> linear_;
};

}  // namespace ngv::flow
