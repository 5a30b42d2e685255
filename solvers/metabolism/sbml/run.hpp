// One simulation of an SBML model, with its events.
//
//     SbmlRun run(model, {.rtol = 1e-7});
//     run.advance(10.0);                                  // from time 0; events happen on the way
//     run.evaluate({model.value("S1")})
//
// Between events the equations are integrated; after each stretch the triggers are looked at, and where one has changed,
// the moment is found by halving to 1e-13 of the time. At that moment events are carried out in the order of their
// priorities (ties in random order, the same for the same seed), triggers being looked at again after each. SBML L3V2 section 4.11.
//
// Delays: over each stretch, which is at most as long as the delay and ends where the past had a jump, what the past gives is
// a cubic in time (method of steps).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "solvers/metabolism/integrate/integrator.hpp"
#include "solvers/metabolism/sbml/history.hpp"
#include "solvers/metabolism/sbml/model.hpp"

namespace ngv::metabolism {

struct SbmlOptions {
    double rtol = 1e-7;
    std::string method = "rodas5p";
    double begin = 0;             ///< time at the start
    double longest_step = 1e300;  ///< between two looks at the triggers
    std::uint64_t seed = 1;       ///< of the order of events with equal priority
};

/// How often triggers and the past are looked at: 500 times in the duration and at least once in an interval of output.
double look_interval(const SbmlModel& model, double duration, double interval);

class SbmlRun {
  public:
    /// Carries out what happens at the start.
    SbmlRun(const SbmlModel& model, const SbmlOptions& options);

    /// Throws PhysicsError naming the variable and the time if the equations cannot be solved.
    void advance(double to);
    std::vector<double> evaluate(const std::vector<model::Expr>& expressions) const;
    double time() const { return time_; }
    /// Names of constraints that do not hold now.
    std::vector<std::string> broken_constraints() const;

  private:
    struct Point {
        std::vector<double> values, inputs;
        double time;
    };
    /// An event that was triggered and waits for its time.
    struct Pending {
        std::size_t event;
        double due;
        std::vector<double> values;  ///< of its assignments, if they are those of the trigger time
    };
    std::vector<double> run_tape(const model::Tape& tape, std::size_t outputs) const {
        return run_tape(tape, outputs, values_, inputs_, time_);
    }
    static std::vector<double> run_tape(const model::Tape& tape, std::size_t outputs, const std::vector<double>& values,
                                        const std::vector<double>& inputs, double time);
    std::vector<char> triggers() const;
    void integrate(double length);
    void carry_out_events();
    void remember();
    double look_back(double to);
    void look_at_triggers();
    bool carry_out_one();
    void assign(const SbmlEvent& event, const std::vector<double>& values);
    std::vector<double> assigned_values(std::size_t event) const;

    const SbmlModel& model_;
    SbmlOptions options_;
    OdeSystem system_;
    std::unique_ptr<Integrator> integrator_;
    std::vector<double> values_, inputs_;
    double time_, step_ = 0;
    model::Tape trigger_tape_, constraint_tape_;
    std::vector<model::Tape> delays_, priorities_, assignments_;
    std::vector<char> before_;  ///< triggers as they were when last looked at
    std::vector<Pending> pending_;
    std::int64_t ties_ = 0;  ///< so far
    History history_;        ///< with delays
    model::Tape rates_;
    std::vector<model::Tape> lags_, delayed_;
};

}  // namespace ngv::metabolism
