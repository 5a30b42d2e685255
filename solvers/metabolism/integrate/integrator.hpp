// What advances cells: the batched Rosenbrock methods (rosenbrock.hpp), or CVODE of SUNDIALS (cvode.hpp).
//
//     auto integrator = make_integrator(system, "rodas4", {.rtol = 1e-6}, "study.yaml:3");
//     std::vector<Job> jobs{{.values = y, .inputs = p, .step = &h, .begin = 0, .length = 0.1}};
//     integrator->run(jobs);
//     if (!jobs[0].ok()) ...
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "solvers/metabolism/model/ode_system.hpp"

namespace ngv::metabolism {

struct Tolerances {
    double rtol = 1e-6;
    double smallest_step = 1e-12;     ///< s
    std::int64_t max_steps = 100000;  ///< a job; more is a failure
    bool adaptive = true;             ///< false: steps of the given size (for tests of order)
};

enum class Outcome : std::uint8_t { done, left_range, no_convergence, too_many_steps };

/// One cell over one stretch of time.
struct Job {
    std::span<double> values;        ///< [system.size()] start values; end values when done, the last good ones if not
    std::span<const double> inputs;  ///< [system.inputs().size()]
    double* step = nullptr;          ///< s: the step to try first, 0 if unknown; then the step to try next
    double begin = 0;                ///< s
    double length = 0;               ///< s

    Outcome outcome = Outcome::done;
    double reached = 0;     ///< s after `begin`
    std::size_t where = 0;  ///< left_range, no_convergence: index of the state that stood in the way
    double value = 0;       ///< and the value it would have taken
    std::int64_t steps = 0, rejected = 0;
    bool ok() const { return outcome == Outcome::done; }
};

class Integrator {
  public:
    virtual ~Integrator() = default;
    /// Replaces min and max of system.integrated(), by index.
    virtual void set_ranges(const std::vector<std::pair<double, double>>& ranges) = 0;
    virtual void run(std::span<Job> jobs) = 0;
};

/// `method`: one of integrator_names(); UserError at `where` with the nearest name. Interpreted or compiled, as `system`
/// is at this moment; `system` must live as long.
std::unique_ptr<Integrator> make_integrator(const OdeSystem& system, const std::string& method,
                                            const Tolerances& tolerances, const std::string& where = "method");
std::vector<std::string> integrator_names();

}  // namespace ngv::metabolism
