#include "solvers/metabolism/sbml/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "ngv/error.hpp"
#include "solvers/common/rng.hpp"

namespace ngv::metabolism {

using model::Expr;
using model::Lanes;

namespace {

/// Moments that are as close as this are one: where a trigger is found and where a delay ends are rounded differently.
double together(double time) {
    return 2e-12 * std::max(std::fabs(time), 1e-3);
}

}  // namespace

double look_interval(const SbmlModel& model, double duration, double interval) {
    return (model.events.empty() && model.delays.empty()) || !(duration > 0) ? 1e300
                                                                             : std::min(interval, duration / 500);
}

SbmlRun::SbmlRun(const SbmlModel& model, const SbmlOptions& options)
    : model_(model), options_(options), system_(model.parts()), time_(options.begin) {
    integrator_ = make_integrator(system_, options.method, {.rtol = options.rtol, .smallest_step = 1e-20});
    for (const auto& q : system_.integrated()) values_.push_back(q.start);
    for (const auto& q : system_.inputs()) inputs_.push_back(q.start);

    std::vector<Expr> triggers, constraints;
    const auto one = [&](Expr e) { return e.index < 0 ? model::Tape() : system_.tape({e}); };
    for (const auto& event : model.events) {
        triggers.push_back(event.trigger);
        before_.push_back(event.initial_value);
        delays_.push_back(one(event.delay));
        priorities_.push_back(one(event.priority));
        std::vector<Expr> values;
        for (const auto& a : event.assignments) {
            values.push_back(a.value);
            values.push_back(a.place.volume.index < 0 ? model.graph->constant(1) : a.place.volume);
        }
        assignments_.push_back(system_.tape(values));
    }
    for (const auto& constraint : model.constraints) constraints.push_back(constraint.holds);
    trigger_tape_ = system_.tape(triggers);
    constraint_tape_ = system_.tape(constraints);
    if (!model.delays.empty()) rates_ = system_.tape(system_.rate_expressions());
    for (const auto& delay : model.delays) {
        lags_.push_back(one(delay.lag));
        delayed_.push_back(one(delay.value));
    }
    remember();
    look_back(time_);
    carry_out_events();
}

std::vector<double> SbmlRun::run_tape(const model::Tape& tape, std::size_t outputs, const std::vector<double>& values,
                                      const std::vector<double>& inputs, double time) {
    auto registers = tape.registers();
    std::size_t k = 0;
    for (const auto* list : {&values, &inputs})
        for (const double x : *list) registers[k++] = Lanes::all(x);
    registers[k] = Lanes::all(time);
    tape.run(registers.data());
    std::vector<double> result;
    for (std::size_t i = 0; i < outputs; ++i) result.push_back(registers[tape.output(i)][0]);
    return result;
}

std::vector<double> SbmlRun::evaluate(const std::vector<Expr>& expressions) const {
    return run_tape(system_.tape(expressions), expressions.size());
}

std::vector<char> SbmlRun::triggers() const {
    std::vector<char> result;
    for (const double x : run_tape(trigger_tape_, model_.events.size())) result.push_back(x != 0 && !std::isnan(x));
    return result;
}

std::vector<std::string> SbmlRun::broken_constraints() const {
    std::vector<std::string> broken;
    const auto holds = run_tape(constraint_tape_, model_.constraints.size());
    for (std::size_t i = 0; i < holds.size(); ++i)
        if (holds[i] == 0) broken.push_back(model_.constraints[i].name);
    return broken;
}

void SbmlRun::integrate(double length) {
    Job job{.values = values_, .inputs = inputs_, .step = &step_, .begin = time_, .length = length};
    integrator_->run({&job, 1});
    if (!job.ok()) {
        const auto& name = system_.integrated()[job.where].name;
        throw PhysicsError(fmt::format("{}: the equations cannot be solved beyond time {}; '{}' is the first to fail",
                                       model_.file, time_ + job.reached, name),
                           name, -1, time_ + job.reached);
    }
    time_ += length;
}

void SbmlRun::advance(double to) {
    while (time_ < to) {
        double next = std::min(to, time_ + options_.longest_step);
        for (const auto& p : pending_) next = std::min(next, p.due + together(p.due));
        next = look_back(next);
        const Point start{values_, inputs_, time_};
        const auto begin = triggers();
        integrate(next - time_);
        time_ = next;
        if (triggers() != begin) {
            // Halving between the last moment before the change and the first after it.
            double low = start.time, high = next;
            std::vector<double> at_low = start.values;
            Point at_high{values_, inputs_, next};
            const double smallest = 1e-13 * std::max(std::fabs(high), high - low);
            while (high - low > smallest) {
                const double middle = low + 0.5 * (high - low);
                if (middle <= low || middle >= high) break;
                values_ = at_low;
                time_ = low;
                step_ = 0;
                integrate(middle - low);
                time_ = middle;
                if (triggers() == begin) {
                    low = middle;
                    at_low = values_;
                } else {
                    high = middle;
                    at_high = {values_, inputs_, middle};
                }
            }
            values_ = at_high.values;
            time_ = at_high.time;
        }
        remember();
        carry_out_events();
    }
}

void SbmlRun::carry_out_events() {
    if (model_.events.empty()) return;
    look_at_triggers();
    bool any = false;
    for (; carry_out_one(); any = true) look_at_triggers();
    if (any) remember();
}

void SbmlRun::remember() {
    if (model_.delays.empty()) return;
    history_.add({time_, values_, inputs_, run_tape(rates_, system_.size())});
}

/// Sets the cubics of all delays over a stretch from now, and returns where it must end, at the latest at `to`.
double SbmlRun::look_back(double to) {
    if (model_.delays.empty()) return to;
    const double soon = 1e-9 * std::max(std::fabs(time_), to - time_);
    for (const auto& tape : lags_) {
        const double lag = run_tape(tape, 1)[0];
        if (!(lag >= 0))
            throw PhysicsError(fmt::format("{}: a delay is {} at time {}", model_.file, lag, time_), "delay", -1,
                               time_);
        if (lag > soon) to = std::min(to, time_ + lag);
        const double jump = history_.next_jump(time_ + soon - lag) + lag;
        if (jump > time_ + soon) to = std::min(to, jump);
    }
    inputs_[model_.delay_origin] = time_;
    const double h = to - time_;
    for (std::size_t k = 0; k < model_.delays.size(); ++k) {
        std::array<double, 4> v{};
        for (std::size_t j = 0; j < 4; ++j) {
            // The past may jump where a stretch begins and ends: it is looked at within.
            const double offset = j == 0 ? std::min(soon, 0.1 * h) : j == 3 ? -std::min(soon, 0.1 * h) : 0;
            const double when = time_ + h * static_cast<double>(j) / 3 + offset;
            const double ago = when - run_tape(lags_[k], 1, values_, inputs_, when)[0];
            const auto past = history_.at(ago);
            v[j] = run_tape(delayed_[k], 1, past.values, past.inputs, ago)[0];
        }
        double* c = &inputs_[model_.delays[k].first_input];
        c[0] = v[0];
        c[1] = h > 0 ? (-11 * v[0] + 18 * v[1] - 9 * v[2] + 2 * v[3]) / (2 * h) : 0;
        c[2] = h > 0 ? (18 * v[0] - 45 * v[1] + 36 * v[2] - 9 * v[3]) / (2 * h * h) : 0;
        c[3] = h > 0 ? (-9 * v[0] + 27 * v[1] - 27 * v[2] + 9 * v[3]) / (2 * h * h * h) : 0;
    }
    return to;
}

/// New events wait for their time; those that are not persistent and whose trigger is gone do not wait any more.
void SbmlRun::look_at_triggers() {
    const auto now = triggers();
    for (std::size_t e = 0; e < now.size(); ++e) {
        const auto& event = model_.events[e];
        if (!before_[e] && now[e]) {
            const double delay = event.delay.index < 0 ? 0 : run_tape(delays_[e], 1)[0];
            if (!(delay >= 0))
                throw PhysicsError(
                    fmt::format("{}: the delay of {} is {} at time {}", model_.file, event.name, delay, time_),
                    event.name, -1, time_);
            pending_.push_back(
                {e, time_ + delay, event.values_from_trigger_time ? assigned_values(e) : std::vector<double>{}});
        }
        if (before_[e] && !now[e] && !event.persistent)
            std::erase_if(pending_, [&](const Pending& p) { return p.event == e; });
    }
    before_ = now;
}

/// The due event of the highest priority, at random among equals; false if none is due.
bool SbmlRun::carry_out_one() {
    constexpr double none = -std::numeric_limits<double>::infinity();
    std::vector<std::size_t> best;
    double highest = none;
    for (std::size_t k = 0; k < pending_.size(); ++k) {
        if (pending_[k].due > time_ + together(time_)) continue;
        const std::size_t e = pending_[k].event;
        const double priority = model_.events[e].priority.index < 0 ? none : run_tape(priorities_[e], 1)[0];
        if (best.empty() || priority > highest) best.clear();
        if (best.empty() || priority == highest) {
            best.push_back(k);
            highest = priority;
        }
    }
    if (best.empty()) return false;
    std::size_t which = best[0];
    if (best.size() > 1) {
        const Random random(options_.seed, purpose("order of equal events"), 0, ties_++);
        which = best[static_cast<std::size_t>(random.integer(static_cast<std::int64_t>(best.size())))];
    }
    const Pending chosen = pending_[which];
    pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(which));
    const auto& event = model_.events[chosen.event];
    assign(event, event.values_from_trigger_time ? chosen.values : assigned_values(chosen.event));
    step_ = 0;
    return true;
}

std::vector<double> SbmlRun::assigned_values(std::size_t event) const {
    const auto all = run_tape(assignments_[event], 2 * model_.events[event].assignments.size());
    std::vector<double> values;
    for (std::size_t k = 0; k < all.size(); k += 2) values.push_back(all[k]);
    return values;
}

/// All at once, in the state before any of them: a concentration is an amount in the size that its compartment had then.
void SbmlRun::assign(const SbmlEvent& event, const std::vector<double>& values) {
    const auto index = static_cast<std::size_t>(&event - model_.events.data());
    const auto before = run_tape(assignments_[index], 2 * event.assignments.size());
    for (std::size_t k = 0; k < event.assignments.size(); ++k) {
        const SbmlPlace& place = event.assignments[k].place;
        (place.is_state ? values_ : inputs_)[place.index] = values[k] * before[2 * k + 1];
    }
}

}  // namespace ngv::metabolism
