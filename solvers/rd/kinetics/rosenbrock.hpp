// Stiff kinetics of many small places, eight at a time.
//
// Rodas3 (Sandu et al., Atmos Environ 31, 3459, 1997): Rosenbrock, four stages, order 3 with an embedded solution of
// order 2, stiffly accurate and L-stable. What a linear combination of unknowns conserves, it conserves to rounding. The
// step of each place follows its own error estimate, so a place's result does not depend on which others share its
// batch, nor on the number of ranks.
//
// Errors of an unknown are bounded by tolerance * (|y| + 0.01 * scale) a step; a step that would make something negative
// by more than 1e-13 of the scale is refused and halved.
#pragma once

#include <cstddef>
#include <vector>

#include "solvers/rd/kinetics/network.hpp"

namespace ngv::rd {

inline constexpr int lanes = 8;
typedef double Lanes __attribute__((vector_size(lanes * sizeof(double))));

class Rosenbrock {
  public:
    explicit Rosenbrock(const Network& network, double tolerance = 1e-7);

    /// What differs between places. y is replaced by the state after dt; extents, where there are any, grow by the
    /// integral of each step's rate.
    struct Batch {
        std::vector<Lanes> y, weight, rate, extent;  ///< [unknowns], [unknowns] w, [steps] k m, [steps] or empty
        int count = lanes;                           ///< places in use
    };
    Batch batch(bool with_extents) const;

    /// `scale` [unknowns] mM. Returns the place that could not be integrated, or -1.
    int advance(Batch& batch, double dt, const double* scale);

  private:
    void find_pattern();
    void rates(const Batch& batch, const std::vector<Lanes>& y);
    void derivative(const Batch& batch, std::vector<Lanes>& f) const;
    void factorise(const Batch& batch, const Lanes& diagonal);
    void solve(std::vector<Lanes>& x) const;

    const Network& network_;
    double tolerance_;
    std::size_t n_, num_steps_, num_reactants_ = 0;
    std::vector<Lanes> rate_, slope_;  // [steps] k m prod y; [reactants] its derivatives
    std::vector<Lanes> matrix_;        // [n][n]; what stays zero is never touched
    // Where the factors of the matrix are not zero, in the order of elimination: column p below the diagonal, row p right
    // of it, row p left of it.
    std::vector<std::vector<std::size_t>> below_, right_, left_;
    std::vector<Lanes> k_[4], f_, stage_;
    std::vector<Lanes> extent_k_[4];
};

}  // namespace ngv::rd
