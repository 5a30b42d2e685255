#include "solvers/rd/stochastic/vessel.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ngv::rd {

Drives::Drives(const Model& model, const Elements& elements)
    : model_(model),
      num_rows_(model.functions.size() + 2 * model.ghk_currents.size()),
      potentials_(elements.triangles.size(), -65.0),
      rows_(num_rows_ * elements.triangles.size()) {
    for (const auto& m : model.membranes)
        for (const int p : m.patches)
            for (auto t = elements.patch_begin[p]; t < elements.patch_begin[p + 1]; ++t) potentials_[t] = m.potential;
    for (std::size_t t = 0; t < potentials_.size(); ++t) set(static_cast<std::int32_t>(t), potentials_[t]);
}

void Drives::set(std::int32_t triangle, double mV) {
    potentials_[triangle] = mV;
    if (num_rows_ == 0) return;
    const auto rows = drives_at(model_, mV);
    std::copy(rows.begin(), rows.end(), rows_.begin() + static_cast<std::ptrdiff_t>(num_rows_ * triangle));
}

static std::int64_t key_of_number(int species, bool surface, std::int32_t place) {
    return (static_cast<std::int64_t>(species) * 2 + surface) << 32 | place;
}

void HeldNumbers::add(int species, bool surface, std::int32_t place) {
    const auto key = key_of_number(species, surface, place);
    keys_.insert(std::upper_bound(keys_.begin(), keys_.end(), key), key);
}

bool HeldNumbers::contains(int species, bool surface, std::int32_t place) const {
    return std::binary_search(keys_.begin(), keys_.end(), key_of_number(species, surface, place));
}

Vessel::Vessel(const Elements& elements, Populations& populations, const Drives& drives, const HeldNumbers& held,
               Tally& tally)
    : elements_(elements), populations_(populations), drives_(drives), held_(held), tally_(tally) {}

// A law's propensity on a triangle without its numbers of molecules.
double Vessel::factor_on(const Law& law, std::int32_t e, std::int32_t t) const {
    const auto& triangle = elements_.triangles[t];
    double factor = law.rate;
    if (law.kind == Law::Kind::mass_action && law.per_area) {
        factor = divided(factor, size_of_area(triangle.area), law.order - 1);
    } else if (law.kind == Law::Kind::mass_action) {
        factor = divided(factor, size_of_volume(elements_.volume[e]), law.volume_powers.first);
        if (law.volume_powers.second > 0)
            factor = divided(factor, size_of_volume(elements_.volume[triangle.outside]), law.volume_powers.second);
    } else if (law.kind == Law::Kind::ghk_out) {
        factor /= elements_.volume[e];
    } else {
        factor *= law.other < 0.0 ? 1.0 / elements_.volume[triangle.outside] : law.other * molecules_per_mM_um3;
    }
    return law.drive < 0 ? factor : factor * drives_(t, law.drive);
}

double Vessel::patch_total(std::int32_t e) const {
    double sum = 0.0;
    for (auto k = elements_.at_begin[e]; k < elements_.at_begin[e + 1]; ++k) {
        const std::int32_t t = elements_.at_element[k];
        for (const Law& law : laws_->patches[elements_.patch_of(t)]) {
            double a = 1.0;
            for (const auto& r : law.reactants) {
                const auto& pools = r.side == Side::here ? populations_.surface : populations_.volume;
                const auto place = r.side == Side::here     ? t
                                   : r.side == Side::inside ? e
                                                            : elements_.triangles[t].outside;
                a *= falling(static_cast<double>(pools[r.species][place]), r.count);
            }
            if (a != 0.0) sum += a * factor_on(law, e, t);
        }
    }
    return sum;
}

double Vessel::open(std::int32_t e) {
    element_ = e;
    triangles_.clear();
    places_.clear();
    x_.clear();
    is_held_.clear();
    const auto bring = [&](const SpeciesList& species, bool surface, std::int32_t place) {
        for (const int s : species) {
            x_.push_back(static_cast<double>((surface ? populations_.surface : populations_.volume)[s][place]));
            if (!held_.empty()) is_held_.push_back(held_.contains(s, surface, place));
        }
    };
    const auto c = static_cast<std::size_t>(elements_.compartment[e]);
    const double size = size_of_volume(elements_.volume[e]);
    bring(laws_->compartment_species[c], false, e);
    for (const Law& law : laws_->compartments[c])
        places_.push_back({&law, divided(law.rate, size, law.order - 1), size, -1});
    for (auto k = elements_.at_begin[e]; k < elements_.at_begin[e + 1]; ++k) {
        const std::int32_t t = elements_.at_element[k];
        const int p = elements_.patch_of(t);
        const int here = static_cast<int>(x_.size());
        bring(laws_->patch_species[p], true, t);
        const int there = static_cast<int>(x_.size());
        if (laws_->two_sided[p]) {
            const auto outside = elements_.triangles[t].outside;
            bring(laws_->compartment_species[elements_.compartment[outside]], false, outside);
        }
        triangles_.push_back({t, p, static_cast<int>(places_.size()), here, there});
        for (const Law& law : laws_->patches[p])
            places_.push_back({&law, factor_on(law, e, t), size, static_cast<int>(triangles_.size()) - 1});
    }
    grouped_ = false;
    propensities_.clear();
    for (const Place& place : places_) propensities_.push_back(propensity(place));
    return total();
}

void Vessel::close() const {
    std::size_t slot = 0;
    const auto put = [&](const SpeciesList& species, bool surface, std::int32_t place) {
        for (const int s : species)
            (surface ? populations_.surface : populations_.volume)[s][place] = static_cast<std::int64_t>(x_[slot++]);
    };
    put(laws_->compartment_species[elements_.compartment[element_]], false, element_);
    for (const auto& t : triangles_) {
        put(laws_->patch_species[t.patch], true, t.index);
        if (!laws_->two_sided[t.patch]) continue;
        const auto outside = elements_.triangles[t.index].outside;
        put(laws_->compartment_species[elements_.compartment[outside]], false, outside);
    }
}

double Vessel::propensity(const Place& place) const {
    const Law& law = *place.law;
    if (law.kind == Law::Kind::saturating) {
        const double x = x_[law.reactants[0].index];
        return law.rate * place.size * x / (law.other * place.size + x);
    }
    double a = place.factor;
    for (const auto& r : law.reactants) a *= falling(x_[slot_of(r, place)], r.count);
    return a;
}

void Vessel::compute(std::size_t k) {
    const double before = std::exchange(propensities_[k], propensity(places_[k]));
    if (grouped_) groups_.update(static_cast<std::int32_t>(k), before);
}

void Vessel::group() {
    groups_.reset(propensities_);
    grouped_ = true;
}

void Vessel::compute_readers(const Law::Slot& s, const Place& p) {
    if (s.side != Side::inside) {
        const Triangle& t = triangles_[p.triangle];
        const auto& readers = laws_->patch_readers[t.patch];
        for (const int k : (s.side == Side::here ? readers.here : readers.outside)[s.index]) compute(t.first + k);
        return;
    }
    for (const int k : laws_->compartment_readers[elements_.compartment[element_]].inside[s.index]) compute(k);
    for (const Triangle& t : triangles_)
        for (const int k : laws_->patch_readers[t.patch].inside[s.index]) compute(t.first + k);
}

double Vessel::total() const {
    if (grouped_) return groups_.total();
    double sum = 0.0;
    for (const double a : propensities_) sum += a;
    return sum;
}

std::size_t Vessel::pick(double total, Draws& draws) const {
    if (grouped_) return static_cast<std::size_t>(groups_.pick(total, draws));
    double at = draws.uniform() * total;
    std::size_t k = 0;
    while (k + 1 < places_.size() && (at >= propensities_[k] || propensities_[k] == 0.0)) at -= propensities_[k++];
    while (k > 0 && propensities_[k] == 0.0) --k;  // rounding at the end of the sum
    return k;
}

void Vessel::fire(std::size_t k, double times, std::vector<Move>& moves) {
    const Place& place = places_[k];
    for (const auto& change : place.law->changes) {
        if (!has_slot(change, place)) {
            moves.push_back({change.species, elements_.triangles[triangles_[place.triangle].index].outside,
                             static_cast<std::int64_t>(change.count * times)});
            continue;
        }
        const std::size_t slot = slot_of(change, place);
        if (!is_held_.empty() && is_held_[slot]) continue;
        x_[slot] += change.count * times;
        compute_readers(change, place);
    }
    if (place.law->charge != 0)
        tally_.charges[triangles_[place.triangle].index] += place.law->charge * static_cast<std::int64_t>(times);
    tally_.extents[place.law->extent] += static_cast<std::int64_t>(times);
    tally_.events += static_cast<std::int64_t>(times);
}

// The time within which no propensity changes by more than about `error` of itself; 0 where a leap is not worth it.
double Vessel::longest_leap(double left, double error) {
    constexpr double worth = 20.0;     // events; below, single events are as quick
    constexpr double critical = 10.0;  // a reactant of fewer molecules is taken one event at a time
    const double sum = total();
    if (sum * left < worth) return 0.0;
    mean_.assign(x_.size(), 0.0);
    variance_.assign(x_.size(), 0.0);
    for (std::size_t k = 0; k < places_.size(); ++k) {
        if (propensities_[k] == 0.0) continue;
        for (const auto& change : places_[k].law->changes) {
            if (change.side == Side::outside) continue;
            const std::size_t slot = slot_of(change, places_[k]);
            if (change.count < 0 && x_[slot] < critical * -change.count) return 0.0;
            if (!is_held_.empty() && is_held_[slot]) continue;
            mean_[slot] += change.count * propensities_[k];
            variance_[slot] += change.count * change.count * propensities_[k];
        }
    }
    double tau = left;
    for (const auto& place : places_)
        for (const auto& r : place.law->reactants) {
            const std::size_t slot = slot_of(r, place);
            if (variance_[slot] == 0.0) continue;
            const double g = place.law->order + (r.count > 1 ? 1.0 : 0.0);
            const double allowed = std::max(error * x_[slot] / g, 1.0);
            tau = std::min(tau, std::min(allowed / std::abs(mean_[slot]), allowed * allowed / variance_[slot]));
        }
    return sum * tau < worth ? 0.0 : tau;
}

double Vessel::leap(double left, double error, Draws& draws, std::vector<Move>& moves) {
    double tau = longest_leap(left, error);
    if (tau == 0.0) return 0.0;
    before_ = x_;
    times_.resize(places_.size());
    for (bool valid = false; !valid; tau *= 0.5) {
        x_ = before_;
        for (std::size_t k = 0; k < places_.size(); ++k) {
            times_[k] = static_cast<double>(draws.poisson(propensities_[k] * tau));
            for (const auto& change : places_[k].law->changes) {
                if (change.side == Side::outside) continue;
                const std::size_t slot = slot_of(change, places_[k]);
                if (is_held_.empty() || !is_held_[slot]) x_[slot] += change.count * times_[k];
            }
        }
        valid = std::all_of(x_.begin(), x_.end(), [](double x) { return x >= 0.0; });
        if (valid) break;
    }
    x_ = before_;
    for (std::size_t k = 0; k < places_.size(); ++k)
        if (times_[k] > 0.0) fire(k, times_[k], moves);
    ++tally_.leaps;
    return tau;
}

}  // namespace ngv::rd
