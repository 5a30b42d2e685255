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
// of (seed, element): the same on any number of ranks. Elements that do see each other, across a patch (coupling.hpp), have
// their events in the order of time, by an indexed heap of the times at which their clocks will reach 0.
//
// Which law an event belongs to is found by a search along the propensities; in an element of many laws that has many
// events before it, by composition and rejection (vessel.hpp). What decides is the element's state, so the trajectory
// stays that of any number of ranks. Coupled elements are opened anew for every event and search.
//
// Where many events are to come, tau-leaping may take them together (Cao, Gillespie & Petzold, J. Chem. Phys. 124, 2006):
// with `leap_error` eps, no propensity changes within a leap by more than about eps of itself, in the mean and as a standard
// deviation. Coupled elements do not leap.
#pragma once

#include <cstdint>
#include <vector>

#include "solvers/rd/stochastic/coupling.hpp"
#include "solvers/rd/stochastic/event_heap.hpp"
#include "solvers/rd/stochastic/vessel.hpp"

namespace ngv::rd {

class Chemistry {
  public:
    /// Composition and rejection: from so many laws in an element, with at least so many events expected before it closes.
    /// Measured (rd-channels-bench): a search is as quick up to about 100 laws, and grouping costs as much as some ten of
    /// them, however many there are.
    static constexpr std::size_t many_channels = 100;
    static constexpr double many_events = 16.0;

    /// All but the last two must outlive this. `leap_error` 0: exact.
    Chemistry(const Model& model, const Elements& elements, Populations& populations, const LawBook& laws, Key key,
              double leap_error);

    /// Reactions of dt ms. Products outside of patches that no law reads there are appended to `moves`. `unchanged`: nothing but this has changed
    /// numbers, rates or potentials since the last call, so the propensities are still known.
    void advance(double dt, std::vector<Move>& moves, bool unchanged = false);

    /// After a change of the model's rates.
    void set_laws(const LawBook& laws);
    /// Potential of a triangle from now on, mV.
    void set_potential(std::int32_t triangle, double mV) { drives_.set(triangle, mV); }
    /// A number that reactions leave as it is; diffusion is told elsewhere.
    void clamp(int species, bool surface, std::int32_t place) { held_.add(species, surface, place); }

    std::vector<std::int64_t>& extents() { return tally_.extents; }  ///< by row of LawBook::extents, of this rank
    std::int64_t num_events() const { return tally_.events; }
    std::int64_t num_leaps() const { return tally_.leaps; }
    std::int64_t num_composed() const { return tally_.composed; }
    /// Elementary charges that left through a triangle since the last call of take_charge().
    double take_charge(std::int32_t triangle);

    // What a checkpoint keeps of an element.
    std::vector<double>& clocks() { return clocks_; }
    std::vector<std::int64_t>& events() { return events_; }
    std::vector<double>& potentials() { return drives_.potentials(); }
    std::vector<std::int64_t>& charges() { return tally_.charges; }

  private:
    void advance_range(std::size_t compartment, double dt, std::vector<Move>& moves, bool unchanged);
    void advance_group(const std::vector<std::int32_t>& group, double dt, std::vector<Move>& moves);
    void totals(std::size_t compartment, std::int32_t begin, std::int32_t size, double* total);
    void update_total(std::int32_t element);
    void run(std::int32_t element, double dt, std::vector<Move>& moves);
    void run_down(std::int32_t element, double dt);
    void fire_one(std::int32_t element, double total, std::vector<Move>& moves);
    void draw_clock(std::int32_t element);

    const Elements& elements_;
    Populations& populations_;
    const LawBook* laws_;
    Key key_;
    double leap_error_;
    Coupling coupling_;
    Drives drives_;
    HeldNumbers held_;
    Tally tally_;
    Vessel vessel_;
    std::vector<double> clocks_;        // [owned]
    std::vector<std::int64_t> events_;  // [owned] clocks drawn so far
    std::vector<double> totals_;        // [owned] sums of propensities
    std::vector<double> sizes_;         // [owned]
    EventHeap heap_;
    std::vector<double> times_, since_;       // of a group's members: when a clock reaches 0, and when it was set
    std::vector<std::vector<double>> block_;  // [slots][block]
};

}  // namespace ngv::rd
