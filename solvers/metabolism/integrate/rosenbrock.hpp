// Integrates many independent stiff systems of the same equations, eight at a time, each with its own step size.
//
// Every lane is a cell with its own time, step and error control; when a cell reaches its end, the next one takes its
// lane. No number of a cell depends on its lane or neighbours, so results are the same bits in any arrangement.
//
//     Rosenbrock method(system, rodas4(), {.rtol = 1e-6});
//     std::vector<Job> jobs{{.values = y, .inputs = p, .step = &h, .begin = 0, .length = 0.1}};
//     method.run(jobs);
//     if (!jobs[0].ok()) ...
//
// Step control: Hairer & Wanner (1996) IV.7; the error of a step is the root mean square over the states of
// error_i / (rtol (scale_i + max(|y_i|, |ynew_i|))); running totals have no part in it. A step that leaves the range of
// a state is taken again with a quarter of its length, until the step is too small to go on: then the cell fails there.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "solvers/metabolism/integrate/tableau.hpp"
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

class Rosenbrock {
  public:
    /// `ranges`: replaces min and max of system.integrated(), by index; empty: those of the model.
    Rosenbrock(const OdeSystem& system, const Tableau& tableau, Tolerances tolerances);
    void set_ranges(std::vector<std::pair<double, double>> ranges) { ranges_ = std::move(ranges); }
    void run(std::span<Job> jobs);

  private:
    struct Lane {
        Job* job = nullptr;
        double time = 0, step = 0, full_step = 0;
        bool was_rejected = false;
    };
    void load(std::size_t lane, Job& job);
    void store(std::size_t lane, Outcome outcome);
    void attempt();
    void judge(std::size_t lane);

    const OdeSystem& system_;
    const Tableau& table_;
    Tolerances tolerances_;
    std::vector<std::pair<double, double>> ranges_;
    std::size_t n_;
    std::vector<model::Lanes> rates_, derivatives_;  ///< registers of the two tapes
    std::vector<model::Lanes> y_, y_new_, error_, f_, matrix_, stages_;
    std::vector<std::size_t> matrix_place_, diagonal_;
    std::array<Lane, model::lane_width> lanes_;
};

}  // namespace ngv::metabolism
