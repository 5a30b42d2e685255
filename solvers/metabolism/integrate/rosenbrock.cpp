#include "solvers/metabolism/integrate/rosenbrock.hpp"

#include <algorithm>
#include <cmath>

namespace ngv::metabolism {

using model::lane_width;
using model::Lanes;

Rosenbrock::Rosenbrock(const OdeSystem& system, const Tableau& tableau, Tolerances tolerances)
    : system_(system), table_(tableau), tolerances_(tolerances), n_(system.size()) {
    for (const auto& q : system.integrated()) ranges_.emplace_back(q.min, q.max);
    rates_ = system.rates().registers();
    derivatives_ = system.derivatives().registers();
    for (auto* v : {&y_, &y_new_, &error_, &f_}) v->assign(n_, Lanes::all(0));
    matrix_.assign(system.lu().size(), Lanes::all(0));
    stages_.assign(n_ * static_cast<std::size_t>(tableau.stages), Lanes::all(0));
    for (const auto& [i, j] : system.pattern()) matrix_place_.push_back(system.lu().at(i, j));
    for (std::size_t i = 0; i < n_; ++i) diagonal_.push_back(system.lu().at(i, i));
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
        for (std::size_t lane = 0; lane < lane_width; ++lane) {
            if (!lanes_[lane].job) continue;
            judge(lane);
            if (!lanes_[lane].job) refill(lane);
        }
    }
}

void Rosenbrock::load(std::size_t lane, Job& job) {
    for (std::size_t i = 0; i < n_; ++i) y_[i][lane] = job.values[i];
    for (std::size_t i = 0; i < job.inputs.size(); ++i) {
        rates_[n_ + i][lane] = job.inputs[i];
        derivatives_[n_ + i][lane] = job.inputs[i];
    }
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
    const std::size_t time = n_ + system_.inputs().size();
    Lanes h = Lanes::all(1), per_h = Lanes::all(1);
    Lanes begin = Lanes::all(0);
    for (std::size_t l = 0; l < lane_width; ++l)
        if (lanes_[l].job) {
            h[l] = lanes_[l].step;
            per_h[l] = 1 / h[l];
            begin[l] = lanes_[l].job->begin + lanes_[l].time;
        }

    std::copy(y_.begin(), y_.end(), derivatives_.begin());
    derivatives_[time] = begin;
    const auto& tape = system_.derivatives();
    tape.run(derivatives_.data());

    std::fill(matrix_.begin(), matrix_.end(), Lanes::all(0));
    for (std::size_t k = 0; k < matrix_place_.size(); ++k) {
        const Lanes& entry = derivatives_[tape.output(n_ + k)];
        Lanes& to = matrix_[matrix_place_[k]];
        for (std::size_t l = 0; l < lane_width; ++l) to[l] = -entry[l];
    }
    for (std::size_t i = 0; i < n_; ++i) {
        Lanes& to = matrix_[diagonal_[i]];
        for (std::size_t l = 0; l < lane_width; ++l) to[l] += per_h[l] / table_.gamma;
    }
    system_.lu().factor(matrix_.data());

    for (int s = 0; s < table_.stages; ++s) {
        const auto& a = table_.a[static_cast<std::size_t>(s)];
        const auto& c = table_.c[static_cast<std::size_t>(s)];
        const double d = table_.d[static_cast<std::size_t>(s)];
        Lanes* const u = &stages_[static_cast<std::size_t>(s) * n_];
        // The first stage has its rates from the Jacobian's tape.
        if (s > 0) {
            for (std::size_t i = 0; i < n_; ++i) {
                Lanes x = y_[i];
                for (int j = 0; j < s; ++j) {
                    const double factor = a[static_cast<std::size_t>(j)];
                    if (factor == 0) continue;
                    const Lanes& uj = stages_[static_cast<std::size_t>(j) * n_ + i];
                    for (std::size_t l = 0; l < lane_width; ++l) x[l] += factor * uj[l];
                }
                rates_[i] = x;
            }
            for (std::size_t l = 0; l < lane_width; ++l)
                rates_[time][l] = begin[l] + table_.alpha[static_cast<std::size_t>(s)] * h[l];
            system_.rates().run(rates_.data());
        }
        for (std::size_t i = 0; i < n_; ++i) {
            Lanes x = s == 0 ? derivatives_[tape.output(i)] : rates_[system_.rates().output(i)];
            for (int j = 0; j < s; ++j) {
                const double factor = c[static_cast<std::size_t>(j)];
                const Lanes& uj = stages_[static_cast<std::size_t>(j) * n_ + i];
                for (std::size_t l = 0; l < lane_width; ++l) x[l] += factor * per_h[l] * uj[l];
            }
            u[i] = x;
        }
        if (d != 0)
            for (std::size_t k = 0; k < system_.time_rows().size(); ++k) {
                const Lanes& by_time = derivatives_[tape.output(n_ + matrix_place_.size() + k)];
                Lanes& to = u[system_.time_rows()[k]];
                for (std::size_t l = 0; l < lane_width; ++l) to[l] += d * h[l] * by_time[l];
            }
        system_.lu().solve(matrix_.data(), u);
    }

    for (std::size_t i = 0; i < n_; ++i) {
        Lanes y = y_[i], error = Lanes::all(0);
        for (int s = 0; s < table_.stages; ++s) {
            const Lanes& u = stages_[static_cast<std::size_t>(s) * n_ + i];
            const double m = table_.m[static_cast<std::size_t>(s)], e = table_.e[static_cast<std::size_t>(s)];
            for (std::size_t l = 0; l < lane_width; ++l) y[l] += m * u[l];
            if (e != 0)
                for (std::size_t l = 0; l < lane_width; ++l) error[l] += e * u[l];
        }
        y_new_[i] = y;
        error_[i] = error;
    }
}

void Rosenbrock::judge(std::size_t lane) {
    Lane& l = lanes_[lane];
    Job& job = *l.job;
    ++job.steps;

    double sum = 0, worst = -1;
    std::size_t blame = 0;
    bool in_range = true, finite = true;
    for (std::size_t i = 0; i < n_; ++i) {
        const double y = y_new_[i][lane];
        if (!std::isfinite(y)) {
            if (finite) blame = i;
            finite = false;
            continue;
        }
        if (in_range && finite && (y < ranges_[i].first || y > ranges_[i].second)) {
            in_range = false;
            blame = i;
        }
        if (i >= system_.num_states()) continue;
        const double scale =
            tolerances_.rtol * (system_.integrated()[i].scale + std::max(std::fabs(y), std::fabs(y_[i][lane])));
        const double e = error_[i][lane] / scale;
        sum += e * e;
        if (in_range && finite && e * e > worst) {
            worst = e * e;
            blame = i;
        }
    }
    const double error = std::sqrt(sum / static_cast<double>(system_.num_states()));
    finite = finite && std::isfinite(error);

    // New step = step * factor, the factor between a fifth and six (a quarter when the step led nowhere).
    double factor = 1;
    const bool accepted = finite && in_range && (error <= 1 || !tolerances_.adaptive);
    if (!finite || !in_range)
        factor = 0.25;
    else if (tolerances_.adaptive)
        factor = std::clamp(0.9 * std::pow(std::max(error, 1e-12), -1.0 / (table_.error_order + 1)), 0.2, 6.0);

    if (!accepted) {
        ++job.rejected;
        l.was_rejected = true;
        const double next = l.step * factor;
        job.where = blame;
        job.value = y_new_[blame][lane];
        if (next < tolerances_.smallest_step || job.steps >= tolerances_.max_steps) {
            l.full_step = 0;
            return store(lane, job.steps >= tolerances_.max_steps ? Outcome::too_many_steps
                               : !in_range                        ? Outcome::left_range
                                                                  : Outcome::no_convergence);
        }
        l.step = l.full_step = next;
        return;
    }

    for (std::size_t i = 0; i < n_; ++i) y_[i][lane] = y_new_[i][lane];
    const bool is_last = l.step >= job.length - l.time;
    if (l.was_rejected) factor = std::min(factor, 1.0);
    l.was_rejected = false;
    // A step that was cut short to end on time says nothing against the longer one that was meant.
    if (tolerances_.adaptive) l.full_step = is_last ? std::max(l.step * factor, l.full_step) : l.step * factor;
    l.time = is_last ? job.length : l.time + l.step;
    if (is_last) return store(lane, Outcome::done);
    if (job.steps >= tolerances_.max_steps) {
        job.where = blame;
        job.value = y_new_[blame][lane];
        return store(lane, Outcome::too_many_steps);
    }
    // The last two steps share what is left rather than leave a sliver.
    const double left = job.length - l.time;
    l.step = l.full_step;
    if (tolerances_.adaptive && l.step < left && l.step > 0.5 * left && l.step < 0.99 * left) l.step = 0.5 * left;
    if (l.step > 0.99 * left) l.step = left;
}

}  // namespace ngv::metabolism
