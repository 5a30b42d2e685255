// The way to a fixed point x = g(x) of many components, some of which jump: a section whose flow turns around changes its
// hematocrit at once.
//
// Each component has a relaxation of its own, which halves when its residual changes sign and grows while it does not.
// Once all residuals are small, Anderson's acceleration takes over: the next x is the mixture of the last few steps whose
// residuals cancel best (Walker & Ni, SIAM J. Numer. Anal. 49 (2011) 1715).
//
//     Relaxation mix(n, 0.5);
//     while (residual > tolerance) mix.next(x, g(x));      // x becomes the next guess
#pragma once

#include <span>
#include <vector>

namespace ngv::flow {

class Relaxation {
  public:
    /// `first`: part of the residual that a component takes to begin with.
    Relaxation(std::size_t n, double first) : part_(n, first), residual_(n, 0.0) {}

    void next(std::span<double> x, std::span<const double> g);

  private:
    void accelerate(std::span<double> x);

    std::vector<double> part_, residual_, last_x_, last_residual_;
    std::vector<std::vector<double>> steps_, changes_;  // differences of x, of the residual
};

}  // namespace ngv::flow
