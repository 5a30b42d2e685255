#include "solvers/metabolism/cells/cells.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ngv/error.hpp"

namespace ngv::metabolism {

Cells::Cells(const OdeSystem& system, std::vector<std::int64_t> ids, CellOptions options)
    : system_(system), options_(std::move(options)), ids_(std::move(ids)), next_step_(ids_.size(), 0.0) {
    for (std::size_t i = 0; i < ids_.size(); ++i) {
        for (const auto& q : system.integrated()) values_.push_back(q.start);
        for (const auto& q : system.inputs()) inputs_.push_back(q.start);
    }
    std::vector<std::pair<double, double>> ranges;
    for (const auto& q : system.integrated()) ranges.emplace_back(q.min, q.max);
    for (const auto& [name, range] : options_.ranges) ranges[system.state(name)] = range;

    attempts_.emplace_back(system, rodas4(), Tolerances{.rtol = options_.rtol});
    attempts_.emplace_back(system, rodas4(), Tolerances{.rtol = options_.rtol * 1e-2});
    attempts_.emplace_back(system, rodas3(), Tolerances{.rtol = options_.rtol * 1e-1});
    for (auto& attempt : attempts_) attempt.set_ranges(ranges);
}

void Cells::advance(double begin_s, double length_s) {
    const std::size_t n = system_.size(), m = system_.inputs().size();
    for (std::size_t cell = 0; cell < size(); ++cell)
        std::fill_n(values_.begin() + static_cast<std::ptrdiff_t>(cell * n + system_.num_states()),
                    n - system_.num_states(), 0.0);
    const std::vector<double> start = values_;
    std::vector<std::size_t> todo(size());
    for (std::size_t i = 0; i < todo.size(); ++i) todo[i] = i;

    for (auto& attempt : attempts_) {
        std::vector<Job> jobs;
        for (const std::size_t cell : todo) {
            if (&attempt != &attempts_.front()) {
                std::copy_n(start.begin() + static_cast<std::ptrdiff_t>(cell * n), n,
                            values_.begin() + static_cast<std::ptrdiff_t>(cell * n));
                next_step_[cell] = 0;
                ++retries_;
            }
            jobs.push_back({.values = {&values_[cell * n], n},
                            .inputs = {inputs_.data() + cell * m, m},
                            .step = &next_step_[cell],
                            .begin = begin_s,
                            .length = length_s});
        }
        attempt.run(jobs);
        std::vector<std::size_t> failed;
        for (std::size_t k = 0; k < jobs.size(); ++k) {
            steps_ += jobs[k].steps;
            if (!jobs[k].ok()) failed.push_back(todo[k]);
        }
        if (&attempt == &attempts_.back())
            for (std::size_t k = 0; k < jobs.size(); ++k)
                if (!jobs[k].ok()) give_up(ids_[todo[k]], jobs[k], begin_s);
        todo = std::move(failed);
        if (todo.empty()) return;
    }
}

void Cells::give_up(std::int64_t id, const Job& job, double begin_s) const {
    const auto& q = system_.integrated()[job.where];
    const double time_ms = (begin_s + job.reached) * 1e3;
    const auto name = options_.describe ? options_.describe(id) : fmt::format("cell {}", id);
    const auto range = options_.ranges.contains(q.name) ? options_.ranges.at(q.name) : std::pair{q.min, q.max};
    std::string what;
    if (job.outcome == Outcome::left_range)
        what = fmt::format("'{}' would become {:.6g} {}, outside its range of {:.6g} to {:.6g}", q.name, job.value,
                           q.unit, range.first, range.second);
    else if (job.outcome == Outcome::too_many_steps)
        what = fmt::format("no end after {} steps; '{}' ({:.6g} {}) changes fastest", job.steps, q.name, job.value,
                           q.unit);
    else
        what = fmt::format("the equations have no solution that goes on; '{}' is the first to fail ({:.6g} {})", q.name,
                           job.value, q.unit);
    throw PhysicsError(
        fmt::format("{}: {}, at {:.3f} ms; smaller steps and another method did not help", name, what, time_ms), q.name,
        id, time_ms);
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
    return saved;
}

void Cells::restore(std::span<const double> saved) {
    NGV_ASSERT(saved.size() == values_.size() + inputs_.size() + next_step_.size());
    auto from = saved.begin();
    for (auto* part : {&values_, &inputs_, &next_step_}) {
        std::copy_n(from, part->size(), part->begin());
        from += static_cast<std::ptrdiff_t>(part->size());
    }
}

}  // namespace ngv::metabolism
