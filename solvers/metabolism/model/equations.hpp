// What an integrator asks of the equations, for eight cells at once: interpreted, or compiled for this machine; both
// give the same bits.
//
//     auto equations = system.equations();                  // ode_system.hpp
//     equations->rates(y, inputs, time, f);
//     equations->assemble(y, inputs, time, per_gh, f, by_time, matrix);   // 1/(h gamma) - J
//     equations->factor(matrix);
//     equations->solve(matrix, b);                           // b becomes the solution
//
// Every array is of eight lanes: quantity i of lane l at [8*i + l], 64-byte aligned (model::Lanes).
#pragma once

#include <memory>

namespace ngv::metabolism {

class OdeSystem;

class Equations {
  public:
    virtual ~Equations() = default;
    /// f[size] = rates at y[size], inputs[inputs], time[1] (s).
    virtual void rates(const double* y, const double* inputs, const double* time, double* f) = 0;
    /// Rates, their derivatives by time (by_time[time_rows]), and the matrix per_gh[1] (1/s) on the diagonal - J, entry
    /// (i, j) at system.lu().at(i, j).
    virtual void assemble(const double* y, const double* inputs, const double* time, const double* per_gh, double* f,
                          double* by_time, double* matrix) = 0;
    /// Replaces the matrix by its factors.
    virtual void factor(double* matrix) = 0;
    virtual void solve(const double* matrix, double* b) = 0;
};

/// Runs the tapes of `system`, which must live as long.
std::unique_ptr<Equations> interpreted(const OdeSystem& system);

}  // namespace ngv::metabolism
