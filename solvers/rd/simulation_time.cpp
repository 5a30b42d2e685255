// From one time to another: changes of the model, steps that are fixed, molecules, steps that follow their error.
#include "solvers/rd/simulation.hpp"

#include <algorithm>
#include <cmath>

namespace ngv::rd {

void Simulation::advance(Tick begin, Tick end) {
    NGV_ASSERT(end > begin);
    remember_start();
    // Changes of the model cut the steps.
    while (next_change_ < model_.changes.size() && model_.changes[next_change_].at < end) {
        const Tick at = model_.changes[next_change_].at;
        if (at > begin) advance_unchanged(begin, at);
        begin = std::max(begin, at);
        apply_changes(next_change_ + 1);
    }
    advance_unchanged(begin, end);
}

void Simulation::advance_unchanged(Tick begin, Tick end) {
    for (auto& x : state_.removed) x = 0.0;
    if (!kinetics_.empty()) find_scale();
    if (molecules_)
        advance_molecules(begin, end);
    else if (model_.error_bound > 0.0)
        advance_adaptive(begin, end);
    else
        advance_fixed(begin, end);
    for (std::size_t s = 0; s < ns_; ++s) removed_[s] += mol_per_mM_um3 * state_.removed[s];
}

// Those before `end` in the order of their times.
void Simulation::apply_changes(std::size_t end) {
    for (; next_change_ < end; ++next_change_) {
        const Change& change = model_.changes[next_change_];
        for (const auto& [name, value] : change.constants) set_constant(name, value);
        for (const int b : change.open) set_open(b, true);
        for (const int b : change.close) set_open(b, false);
    }
}

void Simulation::show(Tick begin, Tick end, const std::vector<double>& before, const std::vector<double>& after) {
    for (; watch_next_ < end; watch_next_ += watch_every_) {
        const double share = static_cast<double>(watch_next_ - begin) / static_cast<double>(end - begin);
        std::vector<double> between(before);
        for (std::size_t i = 0; i < between.size(); ++i) between[i] += share * (after[i] - before[i]);
        watch_(to_ms(watch_next_), between);
    }
    if (watch_next_ != end) return;
    watch_(to_ms(watch_next_), after);
    watch_next_ += watch_every_;
}

// Where reaction is one operator, the second half of a step's and the first half of the next's are one: nothing stands
// between them.
bool Simulation::joins_halves() const {
    return kinetics_.empty() || (kinetics_.surfaces_stand_alone() && !removes_);
}

void Simulation::advance_fixed(Tick begin, Tick end) {
    const Tick length = end - begin;
    const Tick steps = (length + model_.step - 1) / model_.step;
    const double dt = to_ms(length) / static_cast<double>(steps);
    const auto end_of_step = [&](Tick k) { return begin + (k + 1) * length / steps; };
    const bool joined = joins_halves();
    // The state at the end of a step of which half a reaction is missing. What that counts is to be taken back.
    const auto complete = [&](double time_ms) {
        State state = state_;
        react_after(state, 0.5 * dt, time_ms);
        return state.c;
    };
    std::vector<double> before;  // whole state at the begin of a step that is watched
    if (watch_ && watch_next_ < end_of_step(0)) before = state_.c;

    if (joined) react_before(state_, 0.5 * dt, to_ms(begin));
    for (Tick k = 0; k < steps; ++k) {
        const double from = to_ms(begin) + static_cast<double>(k) * dt;
        if (!joined) {
            step(state_, dt, from);
            if (watch_ && watch_next_ <= end_of_step(k)) show(end_of_step(k - 1), end_of_step(k), before, state_.c);
            if (watch_ && k + 1 < steps && watch_next_ < end_of_step(k + 1)) before = state_.c;
            continue;
        }
        diffuse(state_, dt, from);
        const bool last = k + 1 == steps;
        std::vector<double> now;
        const auto counted = kinetics_.counted();
        if (watch_ && watch_next_ <= end_of_step(k)) {
            const State unfinished = state_;  // who watches reads surfaces too
            react_after(state_, 0.5 * dt, from);
            show(end_of_step(k - 1), end_of_step(k), before, state_.c);
            now = state_.c;
            state_ = unfinished;
        }
        if (watch_ && !last && watch_next_ < end_of_step(k + 1)) before = now.empty() ? complete(from) : std::move(now);
        kinetics_.set_counted(counted);
        react_before(state_, last ? 0.5 * dt : dt, from + dt);
    }
    steps_ += steps;
}

void Simulation::advance_molecules(Tick begin, Tick end) {
    const Tick length = end - begin;
    const Tick steps = (length + model_.step - 1) / model_.step;
    const double dt = to_ms(length) / static_cast<double>(steps);
    const auto end_of_step = [&](Tick k) { return begin + (k + 1) * length / steps; };
    for (Tick k = 0; k < steps; ++k) {
        const bool is_seen = watch_ && watch_next_ <= end_of_step(k);
        if (is_seen) molecules_->show(state_.c);
        const std::vector<double> before = is_seen ? state_.c : std::vector<double>();
        molecules_->react(state_.c, 0.5 * dt, state_.removed);
        const double time_ms = to_ms(begin) + static_cast<double>(k) * dt;
        if (model_.error_bound > 0.0)
            adapt_steps(end_of_step(k - 1), end_of_step(k), [](Tick, Tick, const State&) {});
        else if (model_.has_deterministic())
            step(state_, dt, time_ms);
        else if (potential_)
            polarise(state_, dt, time_ms);
        molecules_->diffuse(dt);
        molecules_->react(state_.c, 0.5 * dt, state_.removed);
        if (is_seen || k + 1 == steps) molecules_->show(state_.c);
        if (is_seen) show(end_of_step(k - 1), end_of_step(k), before, state_.c);
    }
    steps_ += steps;
}

void Simulation::advance_adaptive(Tick begin, Tick end) {
    adapt_steps(begin, end, [&](Tick from, Tick to, const State& before) {
        if (watch_ && watch_next_ <= to) show(from, to, before.c, state_.c);
    });
}

// Largest difference of two states, relative to the species' largest value. Collective.
double Simulation::difference(const State& a, const State& b) const {
    const std::size_t nd = surface_.size();
    std::vector<double> numbers(2 * (ns_ + nd), 0.0);
    const auto compare = [&](const std::vector<double>& x, const std::vector<double>& y, std::size_t width,
                             std::size_t first) {
        for (std::size_t at = 0; at < x.size(); ++at) {
            double* const entry = &numbers[2 * (first + at % width)];
            entry[0] = std::max(entry[0], std::abs(x[at] - y[at]));
            entry[1] = std::max(entry[1], std::abs(y[at]));
        }
    };
    compare(a.c, b.c, ns_, 0);
    if (nd > 0) compare(a.densities, b.densities, nd, ns_);
    MPI_Allreduce(MPI_IN_PLACE, numbers.data(), static_cast<int>(numbers.size()), MPI_DOUBLE, MPI_MAX, comm_);
    double worst = 0.0;
    for (std::size_t s = 0; s < ns_ + nd; ++s)
        if (numbers[2 * s + 1] > 0.0) worst = std::max(worst, numbers[2 * s] / numbers[2 * s + 1]);
    return worst;
}

// The scheme is of order 2: its two half steps are off by a third of their difference from the whole step. A step is
// repeated until that is below the bound; the next one's length follows the cube root of the ratio.
void Simulation::adapt_steps(Tick begin, Tick end, const AfterStep& after_step) {
    if (adaptive_step_ == 0) adaptive_step_ = model_.step;
    for (Tick now = begin; now < end;) {
        Tick length = std::min(adaptive_step_, end - now);
        if (end - now - length < length / 8) length = end - now;  // no crumbs at the end of a window
        const double dt = to_ms(length), from = to_ms(now);
        State whole = state_, halves = state_;
        const auto counted = kinetics_.counted();
        step(whole, dt, from);
        kinetics_.set_counted(counted);
        if (potential_) potential_->set(state_.potential);
        step(halves, 0.5 * dt, from);
        step(halves, 0.5 * dt, from + 0.5 * dt);
        const double error = difference(whole, halves) / 3.0;
        const double factor = std::clamp(0.9 * std::cbrt(model_.error_bound / std::max(error, 1e-300)), 0.2, 3.0);
        const Tick next = std::max<Tick>(2, static_cast<Tick>(static_cast<double>(length) * factor));
        if (error > model_.error_bound && length > 2) {
            ++refused_;
            kinetics_.set_counted(counted);
            if (potential_) potential_->set(state_.potential);
            adaptive_step_ = std::min(next, length / 2);
            continue;
        }
        std::swap(state_, halves);
        after_step(now, now + length, halves);
        // A step cut short by the end of a window says little about how long the next may be.
        if (length >= adaptive_step_ || next < adaptive_step_) adaptive_step_ = next;
        now += length;
        steps_ += 2;
    }
}

}  // namespace ngv::rd
