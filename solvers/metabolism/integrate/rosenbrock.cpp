#include "solvers/metabolism/integrate/rosenbrock.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace ngv::metabolism {

using model::lane_width;
using model::Lanes;

Rosenbrock::Rosenbrock(const OdeSystem& system, const Tableau& tableau, Tolerances tolerances)
    : system_(system), table_(tableau), tolerances_(tolerances), equations_(system.equations()), n_(system.size()) {
    for (const auto& q : system.integrated()) {
        rtol_scale_.push_back(tolerances.rtol * q.scale);
        min_.push_back(q.min);
        max_.push_back(q.max);
    }
    for (auto* v : {&y_, &y_new_, &error_, &at_, &sums_, &f_}) v->assign(n_, Lanes::all(0));
    by_time_.assign(system.time_rows().size(), Lanes::all(0));
    inputs_.assign(system.inputs().size(), Lanes::all(0));
    matrix_.assign(system.lu().size(), Lanes::all(0));
    stages_.assign(n_ * static_cast<std::size_t>(tableau.stages), Lanes::all(0));
    data_ = {.size = static_cast<std::int64_t>(n_),
             .num_states = static_cast<std::int64_t>(system.num_states()),
             .y = &y_[0][0],
             .stages = &stages_[0][0],
             .sums = &sums_[0][0],
             .at = &at_[0][0],
             .y_new = &y_new_[0][0],
             .error = &error_[0][0],
             .rtol_scale = rtol_scale_.data(),
             .min = min_.data(),
             .max = max_.data(),
             .rtol = tolerances.rtol};
}

void Rosenbrock::set_ranges(const std::vector<std::pair<double, double>>& ranges) {
    for (std::size_t i = 0; i < ranges.size(); ++i) std::tie(min_[i], max_[i]) = ranges[i];
}

void Rosenbrock::run(std::span<Job> jobs) {
    std::size_t next = 0;
    const auto refill = [&](std::size_t lane) {
        lanes_[lane].job = nullptr;
        while (next < jobs.size()) {
            Job& job = jobs[next++];
            job.outcome = Outcome::done;
            job.reached = 0;
            if (job.length <= 0) continue;
            load(lane, job);
            return;
        }
    };
    for (std::size_t lane = 0; lane < lane_width; ++lane) refill(lane);
    const auto is_busy = [](const Lane& lane) { return lane.job != nullptr; };
    while (std::any_of(lanes_.begin(), lanes_.end(), is_busy)) {
        attempt();
        unsigned accepted = 0;
        for (std::size_t lane = 0; lane < lane_width; ++lane)
            if (lanes_[lane].job && judge(lane)) accepted |= 1U << lane;
        step_arithmetic().accept(data_, &y_[0][0], accepted);
        for (std::size_t lane = 0; lane < lane_width; ++lane) {
            if (accepted >> lane & 1) go_on(lane);
            if (!lanes_[lane].job) refill(lane);
        }
    }
}

void Rosenbrock::load(std::size_t lane, Job& job) {
    for (std::size_t i = 0; i < n_; ++i) y_[i][lane] = job.values[i];
    for (std::size_t i = 0; i < job.inputs.size(); ++i) inputs_[i][lane] = job.inputs[i];
    Lane& l = lanes_[lane];
    l = {.job = &job, .time = 0, .step = *job.step, .full_step = 0, .was_rejected = false};
    job.steps = job.rejected = 0;
    // Without experience a step that is short for any of the model's processes costs a few extra steps, once.
    if (l.step <= 0) l.step = std::min(1e-4, job.length);
    l.full_step = l.step;
    if (l.step > 0.99 * job.length) l.step = job.length;
}

void Rosenbrock::store(std::size_t lane, Outcome outcome) {
    Lane& l = lanes_[lane];
    for (std::size_t i = 0; i < n_; ++i) l.job->values[i] = y_[i][lane];
    l.job->outcome = outcome;
    l.job->reached = l.time;
    *l.job->step = l.full_step;
    l.job = nullptr;
}

// One step of every lane with its own step size; what becomes of it is judged lane by lane.
void Rosenbrock::attempt() {
    Lanes h = Lanes::all(1), per_h = Lanes::all(1), per_gh = Lanes::all(1), begin = Lanes::all(0), time;
    for (std::size_t l = 0; l < lane_width; ++l) {
        if (lanes_[l].job) {
            h[l] = lanes_[l].step;
            begin[l] = lanes_[l].job->begin + lanes_[l].time;
        }
        per_h[l] = 1 / h[l];
        per_gh[l] = per_h[l] / table_.gamma;
    }
    const auto& arithmetic = step_arithmetic();
    const double* const inputs = inputs_.empty() ? nullptr : &inputs_[0][0];
    double* const by_time = by_time_.empty() ? nullptr : &by_time_[0][0];
    equations_->assemble(&y_[0][0], inputs, &begin[0], &per_gh[0], &f_[0][0], by_time, &matrix_[0][0]);
    equations_->factor(&matrix_[0][0]);

    for (int s = 0; s < table_.stages; ++s) {
        // The first stage has its rates from the Jacobian.
        if (s > 0) {
            arithmetic.prepare(data_, table_, s);
            for (std::size_t l = 0; l < lane_width; ++l)
                time[l] = begin[l] + table_.alpha[static_cast<std::size_t>(s)] * h[l];
            equations_->rates(&at_[0][0], inputs, &time[0], &f_[0][0]);
        }
        arithmetic.combine(data_, &f_[0][0], &per_h[0], s);
        Lanes* const u = &stages_[static_cast<std::size_t>(s) * n_];
        if (const double d = table_.d[static_cast<std::size_t>(s)]; d != 0)
            for (std::size_t k = 0; k < by_time_.size(); ++k)
                for (std::size_t l = 0; l < lane_width; ++l) u[system_.time_rows()[k]][l] += d * h[l] * by_time_[k][l];
        equations_->solve(&matrix_[0][0], &u[0][0]);
    }
    arithmetic.finish(data_, table_, verdict_);
}

std::size_t Rosenbrock::first_bad(std::size_t lane) const {
    for (std::size_t i = 0; i < n_; ++i)
        if (!std::isfinite(y_new_[i][lane])) return i;
    for (std::size_t i = 0; i < system_.num_states(); ++i)
        if (y_new_[i][lane] < min_[i] || y_new_[i][lane] > max_[i]) return i;
    return largest_error(lane);
}

std::size_t Rosenbrock::largest_error(std::size_t lane) const {
    std::size_t worst = 0;
    double most = -1;
    for (std::size_t i = 0; i < system_.num_states(); ++i) {
        const double largest = std::max(std::fabs(y_new_[i][lane]), std::fabs(y_[i][lane]));
        const double error = std::fabs(error_[i][lane]) / (rtol_scale_[i] + tolerances_.rtol * largest);
        if (error > most) {
            most = error;
            worst = i;
        }
    }
    return worst;
}

/// True if the step is accepted; else the lane tries a shorter one, or its cell has failed.
bool Rosenbrock::judge(std::size_t lane) {
    Lane& l = lanes_[lane];
    Job& job = *l.job;
    ++job.steps;
    const bool finite = verdict_.finite >> lane & 1, in_range = verdict_.in_range >> lane & 1;
    if (finite && in_range && (verdict_.error[lane] <= 1 || !tolerances_.adaptive)) return true;

    // A quarter when the step led nowhere.
    const double factor = finite && in_range ? std::min(verdict_.factor[lane], 0.9) : 0.25;
    ++job.rejected;
    l.was_rejected = true;
    const double next = l.step * factor;
    if (next < tolerances_.smallest_step || job.steps >= tolerances_.max_steps) {
        job.where = first_bad(lane);
        job.value = y_new_[job.where][lane];
        l.full_step = 0;
        store(lane, job.steps >= tolerances_.max_steps ? Outcome::too_many_steps
                    : finite && !in_range              ? Outcome::left_range
                                                       : Outcome::no_convergence);
        return false;
    }
    l.step = l.full_step = next;
    return false;
}

/// After an accepted step: the next one, or the end.
void Rosenbrock::go_on(std::size_t lane) {
    Lane& l = lanes_[lane];
    Job& job = *l.job;
    double factor = tolerances_.adaptive ? verdict_.factor[lane] : 1;
    const bool is_last = l.step >= job.length - l.time;
    if (l.was_rejected) factor = std::min(factor, 1.0);
    l.was_rejected = false;
    // A step that was cut short to end on time says nothing against the longer one that was meant.
    if (tolerances_.adaptive) l.full_step = is_last ? std::max(l.step * factor, l.full_step) : l.step * factor;
    l.time = is_last ? job.length : l.time + l.step;
    if (is_last) return store(lane, Outcome::done);
    if (job.steps >= tolerances_.max_steps) {
        job.where = largest_error(lane);
        job.value = y_[job.where][lane];
        return store(lane, Outcome::too_many_steps);
    }
    // The last two steps share what is left rather than leave a sliver.
    const double left = job.length - l.time;
    l.step = l.full_step;
    if (tolerances_.adaptive && l.step < left && l.step > 0.5 * left && l.step < 0.99 * left) l.step = 0.5 * left;
    if (l.step > 0.99 * left) l.step = left;
}

}  // namespace ngv::metabolism
