// SUNDIALS CVODE (variable-order BDF, dense Jacobian from our derivatives) on the same equations: the independent check
// of the tests and the peer of the benchmark. Not part of any solver.
#pragma once

#include <span>

#include "solvers/metabolism/model/ode_system.hpp"

namespace ngv::metabolism {

class Cvode {
  public:
    Cvode(const OdeSystem& system, double rtol);
    ~Cvode();
    Cvode(const Cvode&) = delete;
    Cvode& operator=(const Cvode&) = delete;

    /// Advances one cell; `values` as in Job. Running totals go on from what they are.
    void advance(std::span<double> values, std::span<const double> inputs, double begin_s, double length_s);
    long steps() const { return steps_; }

  private:
    struct Impl;
    Impl* impl_;
    long steps_ = 0;
};

}  // namespace ngv::metabolism
