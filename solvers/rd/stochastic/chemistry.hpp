// Reactions of molecules between two steps of diffusion: every element is a well-stirred vessel of its own, with the
// triangles of patches that it is inside of.
//
// Exact, by Gibson & Bruck's random time change (Anderson, J. Chem. Phys. 127, 2007): an element has a clock E, drawn from
// the exponential distribution; it runs down with the sum of the propensities,
//
//     E(t + dt) = E(t) - a dt,
//
// and the next reaction happens when it reaches 0. Diffusion changes `a`, never E: so nothing is drawn anew after a step
// of diffusion, and elements in which nothing happens cost the evaluation of `a` alone, which is a loop over elements in
// SIMD. No queue is needed: elements do not see each other before the step's end. Clock k of an element is the k-th number
// of (seed, element): the same on any number of ranks.
//
// Where many events are to come, tau-leaping may take them together (Cao, Gillespie & Petzold, J. Chem. Phys. 124, 2006):
// with `leap_error` eps, no propensity changes by more than about eps of the total within a leap.
#pragma once

#include <cstdint>
#include <vector>

#include "solvers/rd/stochastic/elements.hpp"
#include "solvers/rd/stochastic/laws.hpp"
#include "solvers/rd/stochastic/populations.hpp"

namespace ngv::rd {

class Chemistry {
  public:
    /// All but the last two must outlive this. `leap_error` 0: exact.
    Chemistry(const Model& model, const Elements& elements, Populations& populations, const LawBook& laws, Key key,
              double leap_error);

    /// Reactions of dt ms. Products outside of patches are appended to `moves`. `unchanged`: nothing but this has changed
    /// numbers, rates or potentials since the last call, so the propensities are still known.
    void advance(double dt, std::vector<Move>& moves, bool unchanged = false);

    /// After a change of the model's rates.
    void set_laws(const LawBook& laws);
    /// Potential of a triangle from now on, mV.
    void set_potential(std::int32_t triangle, double mV);
    /// A number that reactions leave as it is; diffusion is told elsewhere.
    void clamp(int species, bool surface, std::int32_t place);

    std::vector<std::int64_t>& extents() { return extents_; }  ///< events by row of LawBook::extents, of this rank
    std::int64_t num_events() const { return num_events_; }
    std::int64_t num_leaps() const { return num_leaps_; }
    /// Elementary charges that left through a triangle since the last call of take_charge().
    double take_charge(std::int32_t triangle);

    // What a checkpoint keeps of an element.
    std::vector<double>& clocks() { return clocks_; }
    std::vector<std::int64_t>& events() { return events_; }
    std::vector<double>& potentials() { return potentials_; }
    std::vector<std::int64_t>& charges() { return charges_; }

  private:
    struct Place {  // a law at work in an element
        const Law* law;
        double factor;  // rate * size^(1-n) * voltage
        double size;
        int here;               // where the patch's slots begin
        std::int32_t triangle;  // or -1
        double propensity;
    };
    void advance_range(std::size_t compartment, double dt, std::vector<Move>& moves, bool unchanged);
    void totals(std::size_t compartment, std::int32_t begin, std::int32_t size, double* total);
    double patch_total(std::int32_t element) const;
    void run(std::int32_t element, double dt, std::vector<Move>& moves);
    double gather(std::int32_t element);
    void scatter(std::int32_t element) const;
    double propensity(const Place& place) const;
    double update();
    bool leap(std::int32_t element, double total, double& left, std::vector<Move>& moves);
    void fire(const Place& place, double times, std::vector<Move>& moves);
    void draw_clock(std::int32_t element);
    bool is_clamped(int species, bool surface, std::int32_t place) const;

    const Model& model_;
    const Elements& elements_;
    Populations& populations_;
    const LawBook* laws_;
    Key key_;
    double leap_error_;
    std::vector<double> clocks_;        // [owned]
    std::vector<std::int64_t> events_;  // [owned] clocks drawn so far
    std::vector<double> totals_;        // [owned] sums of propensities
    std::vector<double> sizes_;         // [owned]
    std::vector<double> potentials_;    // [triangles]
    std::vector<double> drives_;        // [triangles][rows]
    std::size_t num_drives_ = 0;
    std::vector<std::int64_t> charges_;  // [triangles]
    std::vector<std::int64_t> extents_;
    std::int64_t num_events_ = 0, num_leaps_ = 0;
    std::vector<std::int64_t> clamped_;  // sorted keys
    std::vector<char> has_clamp_;        // [owned], empty while there is none
    // Scratch of the element at work.
    std::vector<Place> places_;
    std::vector<double> x_;
    std::vector<char> held_;
    std::vector<double> mean_, variance_;
    std::vector<std::vector<double>> block_;  // [slots][block]
};

}  // namespace ngv::rd
