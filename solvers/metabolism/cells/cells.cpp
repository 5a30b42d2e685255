#include "solvers/metabolism/cells/cells.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ngv/error.hpp"
#include "solvers/common/log.hpp"
#include "solvers/metabolism/cells/visits.hpp"

namespace ngv::metabolism {

Cells::Cells(const OdeSystem& system, std::vector<std::int64_t> ids, CellOptions options)
    : system_(system),
      options_(std::move(options)),
      ids_(std::move(ids)),
      next_step_(ids_.size(), 0.0),
      cost_(ids_.size(), 0.0),
      aside_(ids_.size(), 0),
      warned_(ids_.size(), 0),
      first_(make_integrator(system, options_.method, {.rtol = options_.rtol})),
      again_(options_.retries.size()),
      balance_(options_.comm, options_.balance_above),
      cells_of_all_(static_cast<std::int64_t>(ids_.size())) {
    for (std::size_t i = 0; i < ids_.size(); ++i) {
        for (const auto& q : system.integrated()) values_.push_back(q.start);
        for (const auto& q : system.inputs()) inputs_.push_back(q.start);
    }
    if (!options_.describe) options_.describe = [](std::int64_t id) { return fmt::format("cell {}", id); };
    first_->set_ranges(ranges());
    if (options_.comm != MPI_COMM_NULL)
        MPI_Allreduce(MPI_IN_PLACE, &cells_of_all_, 1, MPI_INT64_T, MPI_SUM, options_.comm);
}

std::vector<std::pair<double, double>> Cells::ranges() const {
    std::vector<std::pair<double, double>> result;
    for (const auto& q : system_.integrated()) result.emplace_back(q.min, q.max);
    for (const auto& [name, range] : options_.ranges)
        result[system_.state(name)] = range.only_warns ? std::pair{-1e300, 1e300} : std::pair{range.min, range.max};
    return result;
}

std::vector<Job> Cells::jobs_of(const std::vector<std::size_t>& cells, double begin_s, double length_s) {
    const std::size_t n = system_.size(), m = system_.inputs().size();
    std::vector<Job> jobs;
    for (const std::size_t cell : cells)
        jobs.push_back({.values = {&values_[cell * n], n},
                        .inputs = {inputs_.data() + cell * m, m},
                        .step = &next_step_[cell],
                        .begin = begin_s,
                        .length = length_s});
    return jobs;
}

void Cells::advance(double begin_s, double length_s) {
    const std::size_t n = system_.size();
    for (std::size_t cell = 0; cell < size(); ++cell)
        std::fill_n(values_.begin() + static_cast<std::ptrdiff_t>(cell * n + system_.num_states()),
                    n - system_.num_states(), 0.0);
    const std::vector<double> start = values_;
    std::vector<std::size_t> cells;
    for (std::size_t i = 0; i < size(); ++i)
        if (!aside_[i]) cells.push_back(i);

    auto jobs = jobs_of(cells, begin_s, length_s);
    run_first(jobs, cells);
    std::fill(cost_.begin(), cost_.end(), 0.0);
    std::vector<std::size_t> failed;
    std::vector<Job> failed_jobs;
    for (std::size_t k = 0; k < jobs.size(); ++k) {
        steps_ += jobs[k].steps;
        cost_[cells[k]] = static_cast<double>(jobs[k].steps);
        if (jobs[k].ok()) continue;
        failed.push_back(cells[k]);
        failed_jobs.push_back(jobs[k]);
    }
    if (!failed.empty()) try_again(std::move(failed), std::move(failed_jobs), start, begin_s, length_s);
    if (options_.set_aside_share > 0) check_share();
    warn(begin_s + length_s);
    balance_.measure(cost_);
}

/// The usual method; some cells are computed on other ranks, and theirs here.
void Cells::run_first(std::vector<Job>& jobs, const std::vector<std::size_t>& cells) {
    if (balance_.away().empty() && balance_.guests().empty()) return first_->run(jobs);
    std::vector<std::ptrdiff_t> job_of(size(), -1);
    for (std::size_t k = 0; k < cells.size(); ++k) job_of[cells[k]] = static_cast<std::ptrdiff_t>(k);
    std::vector<char> is_away(jobs.size(), 0);
    std::vector<std::vector<Job*>> away;
    for (const auto& shipment : balance_.away()) {
        away.emplace_back();
        for (const std::size_t cell : shipment.cells) {
            if (job_of[cell] < 0) continue;
            const auto k = static_cast<std::size_t>(job_of[cell]);
            is_away[k] = 1;
            away.back().push_back(&jobs[k]);
        }
    }
    Visits visits(balance_, system_.size(), system_.inputs().size());
    visits.send(std::move(away));
    const auto guests = visits.receive();
    std::vector<Job> here(guests);
    std::vector<std::size_t> own;
    for (std::size_t k = 0; k < jobs.size(); ++k)
        if (!is_away[k]) {
            own.push_back(k);
            here.push_back(jobs[k]);
        }
    first_->run(here);
    for (std::size_t k = 0; k < own.size(); ++k) jobs[own[k]] = here[guests.size() + k];
    visits.finish({here.data(), guests.size()});
}

void Cells::try_again(std::vector<std::size_t> failed, std::vector<Job> jobs, const std::vector<double>& start,
                      double begin_s, double length_s) {
    const std::size_t n = system_.size();
    const auto from_the_start = [&](std::size_t cell) {
        std::copy_n(start.begin() + static_cast<std::ptrdiff_t>(cell * n), n,
                    values_.begin() + static_cast<std::ptrdiff_t>(cell * n));
        next_step_[cell] = 0;
    };
    for (std::size_t a = 0; a < again_.size() && !failed.empty(); ++a) {
        const Attempt& attempt = options_.retries[a];
        if (!again_[a]) {
            again_[a] = make_integrator(system_, attempt.method, {.rtol = options_.rtol * attempt.rtol_factor});
            again_[a]->set_ranges(ranges());
        }
        for (const std::size_t cell : failed) from_the_start(cell);
        retries_ += static_cast<std::int64_t>(failed.size());
        jobs = jobs_of(failed, begin_s, length_s);
        again_[a]->run(jobs);
        std::vector<std::size_t> still;
        std::vector<Job> still_jobs;
        for (std::size_t k = 0; k < jobs.size(); ++k) {
            steps_ += jobs[k].steps;
            cost_[failed[k]] += static_cast<double>(jobs[k].steps);
            if (jobs[k].ok()) continue;
            still.push_back(failed[k]);
            still_jobs.push_back(jobs[k]);
        }
        failed = std::move(still);
        jobs = std::move(still_jobs);
    }
    for (std::size_t k = 0; k < failed.size(); ++k) {
        from_the_start(failed[k]);
        put_aside(failed[k], jobs[k], start, begin_s);
    }
}

std::string Cells::reason(const Job& job) const {
    const auto& q = system_.integrated()[job.where];
    const auto range = ranges()[job.where];
    if (job.outcome == Outcome::left_range)
        return fmt::format("'{}' would become {:.6g} {}, outside its range of {:.6g} to {:.6g}", q.name, job.value,
                           q.unit, range.first, range.second);
    if (job.outcome == Outcome::too_many_steps)
        return fmt::format("no end after {} steps; '{}' ({:.6g} {}) changes fastest", job.steps, q.name, job.value,
                           q.unit);
    return fmt::format("the equations have no solution that goes on; '{}' is the first to fail ({:.6g} {})", q.name,
                       job.value, q.unit);
}

void Cells::put_aside(std::size_t cell, const Job& job, const std::vector<double>& start, double begin_s) {
    const double time_s = begin_s + job.reached;
    const auto text = fmt::format("{}: {}, at {:.3f} ms; smaller steps and another method did not help",
                                  options_.describe(ids_[cell]), reason(job), time_s * 1e3);
    const auto n = static_cast<std::ptrdiff_t>(system_.size());
    const auto begin = start.begin() + static_cast<std::ptrdiff_t>(cell) * n;
    SetAside failed{ids_[cell], time_s, reason(job), {begin, begin + n}};
    if (options_.on_failure) options_.on_failure(failed);
    if (options_.set_aside_share <= 0)
        throw PhysicsError(text, system_.integrated()[job.where].name, ids_[cell], time_s * 1e3);
    log_warning("{}; it is set aside and stays as it was at {:.3f} ms", text, begin_s * 1e3);
    set_aside_.push_back(std::move(failed));
    aside_[cell] = 1;
}

void Cells::check_share() const {
    auto count = static_cast<std::int64_t>(set_aside_.size());
    if (options_.comm != MPI_COMM_NULL) MPI_Allreduce(MPI_IN_PLACE, &count, 1, MPI_INT64_T, MPI_SUM, options_.comm);
    if (static_cast<double>(count) <= options_.set_aside_share * static_cast<double>(cells_of_all_)) return;
    const auto which = set_aside_.empty() ? std::string("none of this rank's")
                                          : options_.describe(set_aside_.back().id) + ": " + set_aside_.back().reason;
    throw PhysicsError(fmt::format("{} of {} cells had to be set aside, more than a share of {} (failures: "
                                   "largest_share); the last one: {}",
                                   count, cells_of_all_, options_.set_aside_share, which),
                       set_aside_.empty() ? "" : "cell", set_aside_.empty() ? -1 : set_aside_.back().id,
                       set_aside_.empty() ? 0 : set_aside_.back().time_s * 1e3);
}

void Cells::warn(double time_s) {
    for (const auto& [name, range] : options_.ranges) {
        if (!range.only_warns) continue;
        const std::size_t state = system_.state(name);
        for (std::size_t i = 0; i < size(); ++i) {
            const double x = value(state, i);
            if (warned_[i] || (x >= range.min && x <= range.max)) continue;
            warned_[i] = 1;
            log_warning("{}: '{}' is {:.6g} {} at {:.3f} ms, outside {:.6g} to {:.6g}; it goes on, as configured",
                        options_.describe(ids_[i]), name, x, system_.integrated()[state].unit, time_s * 1e3, range.min,
                        range.max);
        }
    }
}

std::vector<double> Cells::observe(const OdeSystem::Observables& observables, double time_s) const {
    const std::size_t n = system_.size(), m = system_.inputs().size(), k = observables.quantities.size();
    std::vector<double> result(size() * k);
    auto registers = observables.tape.registers();
    for (std::size_t first = 0; first < size(); first += model::lane_width) {
        const std::size_t count = std::min(model::lane_width, size() - first);
        for (std::size_t l = 0; l < count; ++l) {
            for (std::size_t i = 0; i < n; ++i) registers[i][l] = value(i, first + l);
            for (std::size_t i = 0; i < m; ++i) registers[n + i][l] = input(i, first + l);
        }
        registers[n + m] = model::Lanes::all(time_s);
        observables.tape.run(registers.data());
        for (std::size_t l = 0; l < count; ++l)
            for (std::size_t i = 0; i < k; ++i) result[(first + l) * k + i] = registers[observables.tape.output(i)][l];
    }
    return result;
}

std::vector<double> Cells::save() const {
    std::vector<double> saved = values_;
    saved.insert(saved.end(), inputs_.begin(), inputs_.end());
    saved.insert(saved.end(), next_step_.begin(), next_step_.end());
    saved.insert(saved.end(), aside_.begin(), aside_.end());
    return saved;
}

void Cells::restore(std::span<const double> saved) {
    NGV_ASSERT(saved.size() == values_.size() + inputs_.size() + 2 * next_step_.size());
    auto from = saved.begin();
    for (auto* part : {&values_, &inputs_, &next_step_}) {
        std::copy_n(from, part->size(), part->begin());
        from += static_cast<std::ptrdiff_t>(part->size());
    }
    for (std::size_t i = 0; i < size(); ++i) mark(i, *from++ != 0);
}

void Cells::restore(std::size_t cell, std::span<const double> values, double next_step, bool is_set_aside) {
    std::copy(values.begin(), values.end(), values_.begin() + static_cast<std::ptrdiff_t>(cell * system_.size()));
    next_step_[cell] = next_step;
    mark(cell, is_set_aside);
}

void Cells::mark(std::size_t cell, bool is_set_aside) {
    aside_[cell] = is_set_aside;
    if (!is_set_aside) return;
    const auto begin = values_.begin() + static_cast<std::ptrdiff_t>(cell * system_.size());
    set_aside_.push_back({ids_[cell],
                          0,
                          "set aside before the run was resumed",
                          {begin, begin + static_cast<std::ptrdiff_t>(system_.size())}});
}

void Cells::go_on_from(const Cells& other) {
    NGV_ASSERT(values_.size() == other.values_.size());
    values_ = other.values_;
    aside_ = other.aside_;
    warned_ = other.warned_;
    set_aside_ = other.set_aside_;
}

}  // namespace ngv::metabolism
