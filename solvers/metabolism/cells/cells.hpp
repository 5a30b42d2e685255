// The cells of this rank: their states, inputs and running totals, advanced window by window.
//
//     Cells cells(system, ids, {.rtol = 1e-6});
//     cells.input(bf, i) = 0.012;
//     cells.advance(0.0, 0.1);                       // s; throws PhysicsError naming cell, state and time
//     cells.value(atp, i);  cells.value(glucose_uptake, i)   // running totals are those of this window
//
// A cell that leaves its range or does not converge is taken again from the start of the window with a hundredth of the
// tolerance, then with a method of more damping; only then is it an error.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "solvers/metabolism/integrate/rosenbrock.hpp"

namespace ngv::metabolism {

struct CellOptions {
    double rtol = 1e-6;
    std::map<std::string, std::pair<double, double>> ranges = {};  ///< of states, in place of the model's
    /// How a message calls a cell, from its id.
    std::function<std::string(std::int64_t)> describe = {};
};

class Cells {
  public:
    Cells(const OdeSystem& system, std::vector<std::int64_t> ids, CellOptions options);

    std::size_t size() const { return ids_.size(); }
    const std::vector<std::int64_t>& ids() const { return ids_; }
    const OdeSystem& system() const { return system_; }

    double& value(std::size_t quantity, std::size_t cell) { return values_[cell * system_.size() + quantity]; }
    double value(std::size_t quantity, std::size_t cell) const { return values_[cell * system_.size() + quantity]; }
    double& input(std::size_t input, std::size_t cell) { return inputs_[cell * system_.inputs().size() + input]; }
    double input(std::size_t input, std::size_t cell) const { return inputs_[cell * system_.inputs().size() + input]; }

    /// Running totals start from 0. Throws PhysicsError for the first cell that cannot be advanced.
    void advance(double begin_s, double length_s);

    /// Values [cell][quantity] of a tape from OdeSystem::observe(), at the present states and inputs.
    std::vector<double> observe(const OdeSystem::Observables& observables, double time_s) const;

    std::int64_t steps() const { return steps_; }      ///< of all cells so far, rejected ones included
    std::int64_t retries() const { return retries_; }  ///< windows of cells that were taken again

    /// Everything that a resumed run needs, and back; in the order of ids.
    std::vector<double> save() const;
    void restore(std::span<const double> saved);

  private:
    [[noreturn]] void give_up(std::int64_t id, const Job& job, double begin_s) const;

    const OdeSystem& system_;
    CellOptions options_;
    std::vector<std::int64_t> ids_;
    std::vector<double> values_, inputs_, next_step_;  ///< by cell; step in s
    std::vector<Rosenbrock> attempts_;                 ///< the usual method, then what is tried after a failure
    std::int64_t steps_ = 0, retries_ = 0;
};

}  // namespace ngv::metabolism
