// One of many channels, picked in proportion to its rate, by composition and rejection (Slepoy, Thompson & Plimpton,
// J. Chem. Phys. 128, 2008).
//
//     groups.reset(rates);
//     k = groups.pick(groups.total(), draws);
//     rates[k] = ...; groups.update(k, what_it_was);
//
//     group e    rates in [2^e, 2^(e+1))    members 7, 3, 12 ...    their sum
//
// A group is chosen by its sum, then any of its members, which is taken with the probability rate / 2^(e+1), at least a
// half, or chosen again. The cost depends on how many octaves the rates span, not on how many channels there are. Groups
// that empty have the sum 0 exactly, so what a large rate leaves of rounding does not outlive it.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "solvers/rd/stochastic/draws.hpp"

namespace ngv::rd {

class RateGroups {
  public:
    /// `rates` (>= 0, finite) must outlive this; a change of one is followed by update().
    void reset(const std::vector<double>& rates);
    void update(std::int32_t channel, double rate_before);
    double total() const;
    /// `total`: total(), above 0.
    std::int32_t pick(double total, Draws& draws) const;

  private:
    struct Group {
        int exponent = 0;
        double sum = 0.0;
        std::vector<std::int32_t> members = {};
    };
    int group_of(double rate);
    void insert(std::int32_t channel, int group);
    void erase(std::int32_t channel, int group);

    const std::vector<double>* rates_ = nullptr;
    std::vector<Group> groups_;                        // in the order in which they came up
    std::array<std::int16_t, 2048> by_exponent_ = {};  // 1 + index in groups_
    std::vector<std::int32_t> position_;               // [channels] in its group's members
};

}  // namespace ngv::rd
