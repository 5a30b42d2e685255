// Smoothed-aggregation multigrid as a preconditioner for the equations of a vessel network.
//
// Junctions that are tied together by wide short vessels form aggregates; an aggregate is one unknown of the next level,
// and one step of damped Jacobi smooths the way back (Vanek, Mandel, Brezina, Computing 56 (1996) 179). A V-cycle with
// Chebyshev polynomials of second degree before and after, so all of it is products of matrices and vectors, and the
// preconditioner is symmetric. Levels are scaled to a diagonal of ones and kept in single precision: the conjugate
// gradients around it are not, and half the memory moves.
//
//     Multigrid cycle(matrix);
//     cycle.apply(r, z);           // z is about A^-1 r
#pragma once

#include <Eigen/Dense>
#include <span>
#include <vector>

#include "solvers/flow/core/sliced.hpp"

namespace ngv::flow {

class Multigrid {
  public:
    explicit Multigrid(const SparseRows<double>& matrix);

    void apply(std::span<const double> r, std::span<double> z);

    std::size_t num_levels() const { return levels_.size() + 1; }
    /// Entries of all levels over those of the first one.
    double complexity() const { return complexity_; }

  private:
    struct Level {
        std::size_t size;
        Sliced<float> matrix;                     // without its diagonal of ones
        Sliced<float> prolongation, restriction;  // from and to the next level
        float center, half_width;                 // of the part of the spectrum that the smoother damps
        std::vector<float> x, r, d, t;
    };
    void cycle(std::size_t level);
    float* right_side(std::size_t level);

    std::vector<float> scale_;  // diagonal^(-1/2) of the first level
    std::vector<Level> levels_;
    Eigen::MatrixXf coarse_inverse_;
    Eigen::VectorXf coarse_x_, coarse_b_;
    double complexity_ = 1;
};

}  // namespace ngv::flow
