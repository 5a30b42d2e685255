// What stands behind ngv::Field.
#pragma once

#include <vector>

#include "ngv/field.hpp"

namespace ngv {

struct Field::Impl {
    FieldSpec spec;
    Direction direction = Direction::output;
    Role role = Role::contributor;
    bool connected = false;
    bool fresh = false;
    double span_ms = 0;

    std::vector<double> out = {}, in = {}, capacity = {}, initial_in = {}, initial_out = {};
    std::vector<std::uint8_t> covered = {};
    std::vector<std::size_t> uncovered = {};  ///< elements where covered is 0
    std::vector<double> carry =
        {};  ///< what could not be absorbed, to be added to the next in(); empty until there is something

    bool sends() const { return direction != Direction::input; }
    bool receives() const { return direction != Direction::output; }
    bool conserved() const { return spec.kind != Kind::state; }

    /// Gives all arrays their final size.
    void allocate(std::size_t n);
    /// Before the exchanges of a stop: what arrived before is no longer new.
    void grow_old();
};

}  // namespace ngv
