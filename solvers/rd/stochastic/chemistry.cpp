#include "solvers/rd/stochastic/chemistry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "solvers/rd/stochastic/draws.hpp"

namespace ngv::rd {

namespace {

constexpr std::int32_t block_size = 256;

std::int64_t clamp_key(int species, bool surface, std::int32_t place) {
    return (static_cast<std::int64_t>(species) * 2 + surface) << 32 | place;
}

}  // namespace

Chemistry::Chemistry(const Model& model, const Elements& elements, Populations& populations, const LawBook& laws,
                     Key key, double leap_error)
    : model_(model),
      elements_(elements),
      populations_(populations),
      laws_(&laws),
      key_(key),
      leap_error_(leap_error),
      clocks_(static_cast<std::size_t>(elements.num_owned), 0.0),
      events_(clocks_.size(), 0),
      totals_(clocks_.size(), 0.0),
      potentials_(elements.triangles.size(), -65.0),
      num_drives_(model.functions.size() + 2 * model.ghk_currents.size()),
      charges_(elements.triangles.size(), 0),
      extents_(laws.extents.size(), 0) {
    for (std::int32_t e = 0; e < elements.num_owned; ++e) {
        sizes_.push_back(size_of_volume(elements.volume[e]));
        draw_clock(e);
    }
    drives_.resize(num_drives_ * elements.triangles.size());
    for (const auto& m : model.membranes)
        for (const int p : m.patches)
            for (auto t = elements.patch_begin[p]; t < elements.patch_begin[p + 1]; ++t) potentials_[t] = m.potential;
    if (num_drives_ > 0)
        for (std::size_t t = 0; t < elements.triangles.size(); ++t)
            set_potential(static_cast<std::int32_t>(t), potentials_[t]);
}

void Chemistry::set_laws(const LawBook& laws) {
    NGV_ASSERT(laws.extents.size() == extents_.size());
    laws_ = &laws;
}

void Chemistry::set_potential(std::int32_t triangle, double mV) {
    potentials_[triangle] = mV;
    if (num_drives_ == 0) return;
    const auto rows = drives_at(model_, mV);
    std::copy(rows.begin(), rows.end(), drives_.begin() + static_cast<std::ptrdiff_t>(num_drives_ * triangle));
}

double Chemistry::take_charge(std::int32_t triangle) {
    const auto charge = static_cast<double>(charges_[triangle]);
    charges_[triangle] = 0;
    return charge;
}

void Chemistry::clamp(int species, bool surface, std::int32_t place) {
    const auto key = clamp_key(species, surface, place);
    clamped_.insert(std::upper_bound(clamped_.begin(), clamped_.end(), key), key);
    has_clamp_.resize(clocks_.size(), 0);
    has_clamp_[surface ? elements_.triangles[place].inside : place] = 1;
}

bool Chemistry::is_clamped(int species, bool surface, std::int32_t place) const {
    return std::binary_search(clamped_.begin(), clamped_.end(), clamp_key(species, surface, place));
}

void Chemistry::draw_clock(std::int32_t e) {
    Draws draws(key_, elements_.id[e], 0, events_[e]++);
    clocks_[e] = draws.exponential();
}

void Chemistry::advance(double dt, std::vector<Move>& moves, bool unchanged) {
    for (std::size_t c = 0; c < elements_.ranges.size(); ++c) advance_range(c, dt, moves, unchanged);
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
            for (std::int32_t i = 0; has_patches && i < size; ++i) total[i] += patch_total(begin + i);
        }
        std::int32_t num_due = 0;
        double* clocks = &clocks_[begin];
        for (std::int32_t i = 0; i < size; ++i) {
            const double rest = clocks[i] - total[i] * dt;
            const bool is_due = rest <= 0.0;
            clocks[i] = is_due ? clocks[i] : rest;
            due[num_due] = begin + i;
            num_due += is_due;
        }
        for (std::int32_t i = 0; i < num_due; ++i) {
            run(due[i], dt, moves);
            totals(c, due[i], 1, &totals_[due[i]]);
            if (has_patches) totals_[due[i]] += patch_total(due[i]);
        }
    }
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

double Chemistry::patch_total(std::int32_t e) const {
    double sum = 0.0;
    for (auto k = elements_.at_begin[e]; k < elements_.at_begin[e + 1]; ++k) {
        const std::int32_t t = elements_.at_element[k];
        for (const Law& law : laws_->patches[elements_.patch_of(t)]) {
            double a = law.rate;
            for (const auto& r : law.reactants) {
                const auto& pools = r.side == Side::here ? populations_.surface : populations_.volume;
                a *= falling(static_cast<double>(pools[r.species][r.side == Side::here ? t : e]), r.count);
            }
            if (a == 0.0) continue;
            if (law.kind == Law::Kind::mass_action)
                a *= power_of_size(law.per_area ? size_of_area(elements_.triangles[t].area) : sizes_[e], law.order);
            else
                a *= law.kind == Law::Kind::ghk_out ? 1.0 / elements_.volume[e] : law.other * molecules_per_mM_um3;
            if (law.drive >= 0) a *= drives_[num_drives_ * t + law.drive];
            sum += a;
        }
    }
    return sum;
}

// Brings the element's numbers and laws into the scratch; the sum of its propensities.
double Chemistry::gather(std::int32_t e) {
    places_.clear();
    x_.clear();
    held_.clear();
    const std::size_t c = static_cast<std::size_t>(elements_.compartment[e]);
    const bool clamps = !has_clamp_.empty() && has_clamp_[e];
    for (const int s : laws_->compartment_species[c]) {
        x_.push_back(static_cast<double>(populations_.volume[s][e]));
        held_.push_back(clamps && is_clamped(s, false, e));
    }
    for (const Law& law : laws_->compartments[c])
        places_.push_back({&law, law.rate * power_of_size(sizes_[e], law.order), sizes_[e], 0, -1, 0.0});
    for (auto k = elements_.at_begin[e]; k < elements_.at_begin[e + 1]; ++k) {
        const std::int32_t t = elements_.at_element[k];
        const auto p = static_cast<std::size_t>(elements_.patch_of(t));
        const int here = static_cast<int>(x_.size());
        for (const int s : laws_->patch_species[p]) {
            x_.push_back(static_cast<double>(populations_.surface[s][t]));
            held_.push_back(clamps && is_clamped(s, true, t));
        }
        for (const Law& law : laws_->patches[p]) {
            const double size = law.per_area ? size_of_area(elements_.triangles[t].area) : sizes_[e];
            double factor = law.rate;
            if (law.kind == Law::Kind::mass_action)
                factor *= power_of_size(size, law.order);
            else
                factor *= law.kind == Law::Kind::ghk_out ? 1.0 / elements_.volume[e] : law.other * molecules_per_mM_um3;
            if (law.drive >= 0) factor *= drives_[num_drives_ * t + law.drive];
            places_.push_back({&law, factor, size, here, t, 0.0});
        }
    }
    return update();
}

void Chemistry::scatter(std::int32_t e) const {
    std::size_t slot = 0;
    for (const int s : laws_->compartment_species[elements_.compartment[e]])
        populations_.volume[s][e] = static_cast<std::int64_t>(x_[slot++]);
    for (auto k = elements_.at_begin[e]; k < elements_.at_begin[e + 1]; ++k) {
        const std::int32_t t = elements_.at_element[k];
        for (const int s : laws_->patch_species[elements_.patch_of(t)])
            populations_.surface[s][t] = static_cast<std::int64_t>(x_[slot++]);
    }
}

double Chemistry::propensity(const Place& place) const {
    const Law& law = *place.law;
    if (law.kind == Law::Kind::saturating) {
        const double x = x_[law.reactants[0].index];
        return law.rate * place.size * x / (law.other * place.size + x);
    }
    double a = place.factor;
    for (const auto& r : law.reactants) a *= falling(x_[r.index + (r.side == Side::here ? place.here : 0)], r.count);
    return a;
}

double Chemistry::update() {
    double total = 0.0;
    for (auto& place : places_) total += place.propensity = propensity(place);
    return total;
}

void Chemistry::fire(const Place& place, double times, std::vector<Move>& moves) {
    for (const auto& change : place.law->changes) {
        if (change.side == Side::outside) {
            moves.push_back({change.species, elements_.triangles[place.triangle].outside,
                             static_cast<std::int64_t>(change.count * times)});
            continue;
        }
        const std::size_t slot = change.index + (change.side == Side::here ? place.here : 0);
        if (!held_[slot]) x_[slot] += change.count * times;
    }
    if (place.law->charge != 0) charges_[place.triangle] += place.law->charge * static_cast<std::int64_t>(times);
    extents_[place.law->extent] += static_cast<std::int64_t>(times);
    num_events_ += static_cast<std::int64_t>(times);
}

void Chemistry::run(std::int32_t e, double dt, std::vector<Move>& moves) {
    double total = gather(e), left = dt;
    for (;;) {
        if (leap_error_ > 0.0 && leap(e, total, left, moves)) {
            if (left <= 0.0) break;
            total = update();
            continue;
        }
        const double needed = clocks_[e];
        if (!(total * left > needed)) {
            clocks_[e] -= total * left;
            if (clocks_[e] <= 0.0) clocks_[e] = std::numeric_limits<double>::min();  // rounding: due at once
            break;
        }
        left -= needed / total;
        Draws draws(key_, elements_.id[e], 1, events_[e]);
        double at = draws.uniform() * total;
        std::size_t k = 0;
        while (k + 1 < places_.size() && (at >= places_[k].propensity || places_[k].propensity == 0.0))
            at -= places_[k++].propensity;
        while (k > 0 && places_[k].propensity == 0.0) --k;  // rounding at the end of the sum
        fire(places_[k], 1.0, moves);
        draw_clock(e);
        total = update();
    }
    scatter(e);
}

// One leap, if it takes enough events together. The clock is drawn anew after it: what was left of it tells nothing about
// the future.
bool Chemistry::leap(std::int32_t e, double total, double& left, std::vector<Move>& moves) {
    constexpr double worth = 20.0;     // events; below, single events are as quick
    constexpr double critical = 10.0;  // a reactant of fewer molecules is taken one event at a time
    if (total * left < worth) return false;
    mean_.assign(x_.size(), 0.0);
    variance_.assign(x_.size(), 0.0);
    const auto slot_of = [](const Place& p, const Law::Slot& s) {
        return s.index + (s.side == Side::here ? p.here : 0);
    };
    for (const auto& place : places_) {
        if (place.propensity == 0.0) continue;
        for (const auto& change : place.law->changes) {
            if (change.side == Side::outside) continue;
            const int slot = slot_of(place, change);
            if (change.count < 0 && x_[slot] < critical * -change.count) return false;
            if (held_[slot]) continue;
            mean_[slot] += change.count * place.propensity;
            variance_[slot] += change.count * change.count * place.propensity;
        }
    }
    double tau = left;
    for (const auto& place : places_)
        for (const auto& r : place.law->reactants) {
            const int slot = slot_of(place, r);
            if (variance_[slot] == 0.0) continue;
            const double g = place.law->order + (r.count > 1 ? 1.0 : 0.0);
            const double allowed = std::max(leap_error_ * x_[slot] / g, 1.0);
            tau = std::min(tau, std::min(allowed / std::abs(mean_[slot]), allowed * allowed / variance_[slot]));
        }
    if (total * tau < worth) return false;
    Draws draws(key_, elements_.id[e], 2, events_[e]);
    const auto before = x_;
    std::vector<double> times(places_.size());
    for (bool valid = false; !valid; tau *= 0.5) {
        x_ = before;
        valid = true;
        for (std::size_t k = 0; k < places_.size(); ++k) {
            times[k] = static_cast<double>(draws.poisson(places_[k].propensity * tau));
            for (const auto& change : places_[k].law->changes)
                if (change.side != Side::outside && !held_[slot_of(places_[k], change)])
                    x_[slot_of(places_[k], change)] += change.count * times[k];
        }
        for (const double x : x_) valid = valid && x >= 0.0;
        if (valid) break;
    }
    x_ = before;
    for (std::size_t k = 0; k < places_.size(); ++k)
        if (times[k] > 0.0) fire(places_[k], times[k], moves);
    left -= tau;
    ++num_leaps_;
    draw_clock(e);
    return true;
}

}  // namespace ngv::rd
