#include "solvers/rd/stochastic/chemistry.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ngv::rd {

static constexpr std::int32_t block_size = 256;

Chemistry::Chemistry(const Model& model, const Elements& elements, Populations& populations, const LawBook& laws,
                     Key key, double leap_error)
    : elements_(elements),
      populations_(populations),
      laws_(&laws),
      key_(key),
      leap_error_(leap_error),
      coupling_(elements, laws),
      drives_(model, elements),
      tally_{std::vector<std::int64_t>(laws.extents.size(), 0),
             std::vector<std::int64_t>(elements.triangles.size(), 0)},
      vessel_(elements, populations, drives_, held_, tally_),
      clocks_(static_cast<std::size_t>(elements.num_owned), 0.0),
      events_(clocks_.size(), 0),
      totals_(clocks_.size(), 0.0) {
    vessel_.set_laws(laws);
    for (std::int32_t e = 0; e < elements.num_owned; ++e) {
        sizes_.push_back(size_of_volume(elements.volume[e]));
        draw_clock(e);
    }
}

void Chemistry::set_laws(const LawBook& laws) {
    NGV_ASSERT(laws.extents.size() == tally_.extents.size());
    laws_ = &laws;
    vessel_.set_laws(laws);
}

double Chemistry::take_charge(std::int32_t triangle) {
    return static_cast<double>(std::exchange(tally_.charges[triangle], 0));
}

void Chemistry::draw_clock(std::int32_t e) {
    Draws draws(key_, elements_.id[e], 0, events_[e]++);
    clocks_[e] = draws.exponential();
}

void Chemistry::advance(double dt, std::vector<Move>& moves, bool unchanged) {
    for (std::size_t c = 0; c < elements_.ranges.size(); ++c) advance_range(c, dt, moves, unchanged);
    for (const auto& group : coupling_.groups()) advance_group(group, dt, moves);
}

void Chemistry::advance_range(std::size_t c, double dt, std::vector<Move>& moves, bool unchanged) {
    const auto& range = elements_.ranges[c];
    const bool has_patches = !elements_.triangles.empty();
    if (laws_->compartments[c].empty() && !has_patches) return;
    std::int32_t due[block_size];
    for (std::int32_t begin = range.begin; begin < range.end; begin += block_size) {
        const std::int32_t size = std::min(block_size, range.end - begin);
        double* total = &totals_[begin];
        if (!unchanged) {
            totals(c, begin, size, total);
            for (std::int32_t i = 0; has_patches && i < size; ++i) total[i] += vessel_.patch_total(begin + i);
        }
        std::int32_t num_due = 0;
        double* clocks = &clocks_[begin];
        const char* coupled = coupling_.empty() ? nullptr : coupling_.is_coupled() + begin;
        for (std::int32_t i = 0; i < size; ++i) {
            if (coupled && coupled[i]) continue;
            const double rest = clocks[i] - total[i] * dt;
            const bool is_due = rest <= 0.0;
            clocks[i] = is_due ? clocks[i] : rest;
            due[num_due] = begin + i;
            num_due += is_due;
        }
        for (std::int32_t i = 0; i < num_due; ++i) {
            run(due[i], dt, moves);
            update_total(due[i]);
        }
    }
}

// The events of elements that see each other, in the order of their times.
void Chemistry::advance_group(const std::vector<std::int32_t>& group, double dt, std::vector<Move>& moves) {
    if (std::none_of(group.begin(), group.end(), [&](auto e) { return clocks_[e] <= totals_[e] * dt; })) {
        for (const auto e : group) run_down(e, dt);
        return;
    }
    since_.assign(group.size(), 0.0);
    times_.clear();
    for (const auto e : group) times_.push_back(clocks_[e] / totals_[e]);  // infinite where nothing can happen
    heap_.reset(times_);
    while (heap_.next_time() <= dt) {
        const double now = heap_.next_time();
        const auto e = group[heap_.next()];
        fire_one(e, vessel_.open(e), moves);
        vessel_.close();
        for (const auto other : coupling_.changed_by(e)) {
            const auto k = coupling_.position_in_group(other);
            if (other != e) run_down(other, now - since_[k]);
            since_[k] = now;
            update_total(other);
            heap_.set(k, now + clocks_[other] / totals_[other]);
        }
    }
    for (std::size_t k = 0; k < group.size(); ++k) run_down(group[k], dt - since_[k]);
}

// The sum of the compartment's propensities in each element of a block.
void Chemistry::totals(std::size_t c, std::int32_t begin, std::int32_t size, double* total) {
    std::fill(total, total + size, 0.0);
    const auto& laws = laws_->compartments[c];
    if (laws.empty()) return;
    const auto& species = laws_->compartment_species[c];
    if (block_.size() < species.size()) block_.resize(species.size(), std::vector<double>(block_size));
    for (std::size_t k = 0; k < species.size(); ++k) {
        const Pool& pool = populations_.volume[species[k]];
        const std::int64_t* counts = &pool.counts[begin - pool.begin];
        double* x = block_[k].data();
        for (std::int32_t i = 0; i < size; ++i) x[i] = static_cast<double>(counts[i]);
    }
    const double* sizes = &sizes_[begin];
    double a[block_size];
    for (const Law& law : laws) {
        if (law.kind == Law::Kind::saturating) {
            const double* x = block_[law.reactants[0].index].data();
            for (std::int32_t i = 0; i < size; ++i)
                total[i] += law.rate * sizes[i] * x[i] / (law.other * sizes[i] + x[i]);
            continue;
        }
        if (law.order == 1) {
            const double* x = block_[law.reactants[0].index].data();
            for (std::int32_t i = 0; i < size; ++i) total[i] += law.rate * x[i];
            continue;
        }
        if (law.order == 2 && law.reactants.size() == 2) {
            const double *x = block_[law.reactants[0].index].data(), *y = block_[law.reactants[1].index].data();
            for (std::int32_t i = 0; i < size; ++i) total[i] += law.rate / sizes[i] * x[i] * y[i];
            continue;
        }
        for (std::int32_t i = 0; i < size; ++i) a[i] = law.order == 0 ? law.rate * sizes[i] : law.rate;
        for (int k = 1; k < law.order; ++k)
            for (std::int32_t i = 0; i < size; ++i) a[i] /= sizes[i];
        for (const auto& r : law.reactants) {
            const double* x = block_[r.index].data();
            if (r.count == 1)
                for (std::int32_t i = 0; i < size; ++i) a[i] *= x[i];
            else
                for (std::int32_t i = 0; i < size; ++i) a[i] *= falling(x[i], r.count);
        }
        for (std::int32_t i = 0; i < size; ++i) total[i] += a[i];
    }
}

void Chemistry::update_total(std::int32_t e) {
    totals(static_cast<std::size_t>(elements_.compartment[e]), e, 1, &totals_[e]);
    if (!elements_.triangles.empty()) totals_[e] += vessel_.patch_total(e);
}

void Chemistry::run_down(std::int32_t e, double dt) {
    clocks_[e] -= totals_[e] * dt;
    if (clocks_[e] <= 0.0) clocks_[e] = std::numeric_limits<double>::min();  // rounding: due at once
}

void Chemistry::fire_one(std::int32_t e, double total, std::vector<Move>& moves) {
    Draws draws(key_, elements_.id[e], 1, events_[e]);
    vessel_.fire(vessel_.pick(total, draws), 1.0, moves);
    tally_.composed += vessel_.is_grouped();
    draw_clock(e);
}

void Chemistry::run(std::int32_t e, double dt, std::vector<Move>& moves) {
    double left = dt;
    double total = vessel_.open(e);
    if (vessel_.num_channels() >= many_channels && total * dt >= many_events) vessel_.group();
    for (;; total = vessel_.total()) {
        if (leap_error_ > 0.0) {
            Draws draws(key_, elements_.id[e], 2, events_[e]);
            if (const double tau = vessel_.leap(left, leap_error_, draws, moves); tau > 0.0) {
                draw_clock(e);  // what was left of it tells nothing about the future
                left -= tau;
                if (left <= 0.0) break;
                continue;
            }
        }
        if (!(total * left > clocks_[e])) {
            totals_[e] = total;
            run_down(e, left);
            break;
        }
        left -= clocks_[e] / total;
        fire_one(e, total, moves);
    }
    vessel_.close();
}

}  // namespace ngv::rd
