// Elements that react with each other across patches of which a law reads both sides.
//
//      element   |   element            an event at the triangle changes numbers on both sides, which the laws
//     (inside)  -+-  (outside)          of either read, and those of its other triangles
//
// Elements tied together in this way, directly or by others, are a group; their events happen in one order of time.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "solvers/rd/stochastic/elements.hpp"
#include "solvers/rd/stochastic/laws.hpp"

namespace ngv::rd {

class Coupling {
  public:
    /// Both elements at a triangle of a two-sided patch must be this rank's.
    Coupling(const Elements& elements, const LawBook& laws);

    bool empty() const { return groups_.empty(); }
    const std::vector<std::vector<std::int32_t>>& groups() const { return groups_; }
    /// [elements] 1 in a group.
    const char* is_coupled() const { return is_coupled_.data(); }
    std::int32_t position_in_group(std::int32_t element) const { return position_[element]; }
    /// Elements whose propensities an event of a coupled element may change, itself among them.
    std::span<const std::int32_t> changed_by(std::int32_t element) const {
        return {changed_.data() + begin_[element], changed_.data() + begin_[element + 1]};
    }

  private:
    std::vector<std::vector<std::int32_t>> groups_;
    std::vector<char> is_coupled_;
    std::vector<std::int32_t> position_;         // [elements]
    std::vector<std::int32_t> begin_, changed_;  // CSR
};

}  // namespace ngv::rd
