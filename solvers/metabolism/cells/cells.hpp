// The cells of this rank: their states, inputs and running totals, advanced window by window.
//
//     Cells cells(system, ids, {.rtol = 1e-6});
//     cells.input(bf, i) = 0.012;
//     cells.advance(0.0, 0.1);                       // s; throws PhysicsError naming cell, state and time
//     cells.value(atp, i);  cells.value(glucose_uptake, i)   // running totals are those of this window
//
// A cell that leaves its range or does not converge is taken again from the start of the window, with each of `retries`.
// If none of them gets through, the run ends, or the cell is set aside: it stays as it was at the start of that window,
// takes nothing and gives nothing, and is listed by name with its state.
#pragma once

#include <mpi.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "solvers/metabolism/cells/balance.hpp"
#include "solvers/metabolism/integrate/integrator.hpp"

namespace ngv::metabolism {

/// What a window is tried with.
struct Attempt {
    std::string method;
    double rtol_factor = 1;  ///< of CellOptions::rtol
};

/// A range in place of the model's.
struct Range {
    double min = -1e300, max = 1e300;
    bool only_warns = false;  ///< leaving it is logged once a cell, and nothing else
};

/// A cell that was set aside.
struct SetAside {
    std::int64_t id;
    double time_s;               ///< where it could not go on
    std::string reason;          ///< names the state
    std::vector<double> values;  ///< at the start of that window, in the order of system.integrated()
};

struct CellOptions {
    double rtol = 1e-6;
    std::string method = "rodas4";
    std::vector<Attempt> retries = {{"rodas4", 1e-2}, {"rodas3", 1e-1}, {"cvode", 1}};
    /// Failed cells are set aside while they are at most this share of all ranks' cells; 0: the first one ends the run.
    double set_aside_share = 0;
    std::map<std::string, Range> ranges = {};  ///< of states
    /// How a message calls a cell, from its id.
    std::function<std::string(std::int64_t)> describe = {};
    /// Told of each cell that fails, before it is set aside or the run ends.
    std::function<void(const SetAside&)> on_failure = {};
    MPI_Comm comm = MPI_COMM_NULL;  ///< of all ranks with cells; advance() is then collective
    double balance_above = 1.1;     ///< see Balance
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

    /// Running totals start from 0. Throws PhysicsError for the first cell that cannot be advanced or set aside.
    void advance(double begin_s, double length_s);

    /// Values [cell][quantity] of a tape from OdeSystem::observe(), at the present states and inputs.
    std::vector<double> observe(const OdeSystem::Observables& observables, double time_s) const;

    std::int64_t steps() const { return steps_; }      ///< of all cells so far, rejected ones included
    std::int64_t retries() const { return retries_; }  ///< windows of cells that were taken again
    bool is_set_aside(std::size_t cell) const { return aside_[cell] != 0; }
    const std::vector<SetAside>& set_aside() const { return set_aside_; }
    const Balance& balance() const { return balance_; }

    double next_step(std::size_t cell) const { return next_step_[cell]; }

    /// Everything that a resumed run needs, and back; in the order of ids.
    std::vector<double> save() const;
    void restore(std::span<const double> saved);
    /// The same of one cell, but for its inputs.
    void restore(std::size_t cell, std::span<const double> values, double next_step, bool is_set_aside);
    /// Goes on from where `other` is, with the equations of this one: the same states and running totals.
    void go_on_from(const Cells& other);

  private:
    std::vector<std::pair<double, double>> ranges() const;
    std::vector<Job> jobs_of(const std::vector<std::size_t>& cells, double begin_s, double length_s);
    void run_first(std::vector<Job>& jobs, const std::vector<std::size_t>& cells);
    void try_again(std::vector<std::size_t> failed, std::vector<Job> jobs, const std::vector<double>& start,
                   double begin_s, double length_s);
    void put_aside(std::size_t cell, const Job& job, const std::vector<double>& start, double begin_s);
    std::string reason(const Job& job) const;
    void check_share() const;
    void mark(std::size_t cell, bool is_set_aside);
    void warn(double time_s);

    const OdeSystem& system_;
    CellOptions options_;
    std::vector<std::int64_t> ids_;
    std::vector<double> values_, inputs_, next_step_, cost_;  ///< by cell; step in s, cost in steps of the last window
    std::vector<char> aside_, warned_;
    std::vector<SetAside> set_aside_;
    std::unique_ptr<Integrator> first_;
    std::vector<std::unique_ptr<Integrator>> again_;  ///< made when they are needed
    Balance balance_;
    std::int64_t steps_ = 0, retries_ = 0, cells_of_all_ = 0;
};

}  // namespace ngv::metabolism
