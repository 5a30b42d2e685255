// An element at work: its molecules and those of its triangles side by side, and the laws among them.
//
//     slots   [ species of its compartment | species on triangle 0 | outside of it | species on triangle 1 | ... ]
//     places  [ laws of its compartment    | laws of triangle 0                    | laws of triangle 1    | ... ]
//
//     double total = vessel.open(element);      // the sum of the propensities
//     vessel.fire(vessel.pick(total, draws), 1, moves);
//     vessel.close();                           // numbers go back to the populations
//
// An event is picked by a search along the propensities; after group(), until the next open(), by composition and
// rejection (rate_groups.hpp), which costs the same for any number of laws.
//
// What is outside of a triangle has slots only where a law reads it (LawBook::two_sided); what others leave there goes
// to `moves`. After an event only the laws that read a number that changed are computed again.
#pragma once

#include <cstdint>
#include <vector>

#include "solvers/rd/stochastic/draws.hpp"
#include "solvers/rd/stochastic/elements.hpp"
#include "solvers/rd/stochastic/laws.hpp"
#include "solvers/rd/stochastic/populations.hpp"
#include "solvers/rd/stochastic/rate_groups.hpp"

namespace ngv::rd {

/// What has happened.
struct Tally {
    std::vector<std::int64_t> extents;  ///< events by row of LawBook::extents
    std::vector<std::int64_t> charges;  ///< [triangles] elementary charges that left
    std::int64_t events = 0, leaps = 0;
    std::int64_t composed = 0;  ///< events picked by composition and rejection
};

/// Potentials of triangles, and what of the rates depends on them.
class Drives {
  public:
    Drives(const Model& model, const Elements& elements);
    void set(std::int32_t triangle, double mV);
    double operator()(std::int32_t triangle, int row) const { return rows_[num_rows_ * triangle + row]; }
    std::vector<double>& potentials() { return potentials_; }

  private:
    const Model& model_;
    std::size_t num_rows_;
    std::vector<double> potentials_, rows_;
};

/// Numbers that reactions leave as they are.
class HeldNumbers {
  public:
    void add(int species, bool surface, std::int32_t place);
    bool empty() const { return keys_.empty(); }
    bool contains(int species, bool surface, std::int32_t place) const;

  private:
    std::vector<std::int64_t> keys_;  // sorted
};

class Vessel {
  public:
    /// All must outlive this.
    Vessel(const Elements& elements, Populations& populations, const Drives& drives, const HeldNumbers& held,
           Tally& tally);
    void set_laws(const LawBook& laws) { laws_ = &laws; }

    double open(std::int32_t element);
    void close() const;
    std::size_t num_channels() const { return places_.size(); }
    void group();
    bool is_grouped() const { return grouped_; }
    double total() const;
    const std::vector<double>& propensities() const { return propensities_; }
    /// A place with the probability of its propensity; `total`: total(), above 0.
    std::size_t pick(double total, Draws& draws) const;
    /// Products that have no slot are appended to `moves`.
    void fire(std::size_t place, double times, std::vector<Move>& moves);

    /// A tau-leap of at most `left` ms (Cao, Gillespie & Petzold, J. Chem. Phys. 124, 2006): its length, or 0 where single
    /// events are as quick, or too few molecules are there for more than one.
    double leap(double left, double error, Draws& draws, std::vector<Move>& moves);

    /// The sum of the propensities of an element's triangles, without opening it.
    double patch_total(std::int32_t element) const;

  private:
    struct Triangle {
        std::int32_t index;
        int patch;
        int first;        // place
        int here, there;  // where its slots begin
    };
    struct Place {  // a law at work
        const Law* law;
        double factor;  // rate * size^(1-n) * voltage
        double size;
        int triangle;  // in triangles_, or -1
    };
    double factor_on(const Law& law, std::int32_t element, std::int32_t triangle) const;
    bool has_slot(const Law::Slot& s, const Place& p) const {
        return s.side != Side::outside || laws_->two_sided[triangles_[p.triangle].patch];
    }
    std::size_t slot_of(const Law::Slot& s, const Place& p) const {
        if (s.side == Side::inside) return s.index;
        return s.index + (s.side == Side::here ? triangles_[p.triangle].here : triangles_[p.triangle].there);
    }
    void compute(std::size_t place);
    double propensity(const Place& place) const;
    void compute_readers(const Law::Slot& s, const Place& p);
    double longest_leap(double left, double error);

    const Elements& elements_;
    Populations& populations_;
    const Drives& drives_;
    const HeldNumbers& held_;
    Tally& tally_;
    const LawBook* laws_ = nullptr;

    std::int32_t element_ = -1;
    std::vector<Triangle> triangles_;
    std::vector<Place> places_;
    std::vector<double> propensities_;  // [places]
    bool grouped_ = false;
    RateGroups groups_;          // of the propensities
    std::vector<double> x_;      // [slots]
    std::vector<char> is_held_;  // [slots], empty while nothing is
    std::vector<double> mean_, variance_, times_, before_;
};

}  // namespace ngv::rd
