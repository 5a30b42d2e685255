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

#include <array>
#include <vector>

#include "solvers/metabolism/integrate/integrator.hpp"
#include "solvers/metabolism/integrate/step.hpp"
#include "solvers/metabolism/integrate/tableau.hpp"

namespace ngv::metabolism {

class Rosenbrock : public Integrator {
  public:
    /// Interpreted or compiled, as `system` is when this is made.
    Rosenbrock(const OdeSystem& system, const Tableau& tableau, Tolerances tolerances);
    void set_ranges(const std::vector<std::pair<double, double>>& ranges) override;
    void run(std::span<Job> jobs) override;

  private:
    struct Lane {
        Job* job = nullptr;
        double time = 0, step = 0, full_step = 0;
        bool was_rejected = false;
    };
    void load(std::size_t lane, Job& job);
    void store(std::size_t lane, Outcome outcome);
    void attempt();
    bool judge(std::size_t lane);
    void go_on(std::size_t lane);
    std::size_t largest_error(std::size_t lane) const;
    std::size_t first_bad(std::size_t lane) const;

    const OdeSystem& system_;
    const Tableau& table_;
    Tolerances tolerances_;
    std::unique_ptr<Equations> equations_;
    std::size_t n_;
    std::vector<double> rtol_scale_, min_, max_;
    std::vector<model::Lanes> y_, y_new_, error_, at_, sums_, f_, by_time_, inputs_, matrix_, stages_;
    StepData data_;
    StepVerdict verdict_{};
    std::array<Lane, model::lane_width> lanes_;
};

}  // namespace ngv::metabolism
