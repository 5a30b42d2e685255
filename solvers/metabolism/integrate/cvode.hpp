// CVODE of SUNDIALS (variable-order BDF) with KLU (SuiteSparse) on the same equations and their exact, sparse Jacobian:
// the independent integrator, one cell at a time. Selected as method `cvode`; the peer of the benchmark.
//
// Hindmarsh AC et al. (2005) ACM Trans Math Softw 31:363. Davis TA, Palamadai Natarajan E (2010) ACM TOMS 37:36.
#pragma once

#include <memory>

#include "solvers/metabolism/integrate/integrator.hpp"

namespace ngv::metabolism {

class Cvode : public Integrator {
  public:
    Cvode(const OdeSystem& system, const Tolerances& tolerances);
    ~Cvode() override;

    void set_ranges(const std::vector<std::pair<double, double>>& ranges) override;
    /// Each job starts anew, at order 1, as it must after a change of inputs; the ranges hold at its end.
    void run(std::span<Job> jobs) override;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace ngv::metabolism
