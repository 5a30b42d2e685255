// Physical units, by UDUNITS-2, with the field's own additions: M (mol/L) and its prefixes, um3 for um^3.
#pragma once

#include <string>
#include <string_view>

#include "ngv/window.hpp"

namespace ngv {

/// The factor f with value_in_to = f * value_in_from. Throws UserError if a unit is unknown or the dimensions differ.
double unit_factor(std::string_view from, std::string_view to);

/// True if both units are known and have the same dimension.
bool same_dimension(std::string_view a, std::string_view b);

/// "3 mM" in "mol/m3" -> 3.0. A bare number is accepted only for the unit "1". Throws UserError.
double parse_quantity(std::string_view text, std::string_view unit);

/// "0.025 ms" -> 25000 ticks. Throws UserError if it is not a whole number of nanoseconds.
Tick parse_ticks(std::string_view text);

}  // namespace ngv
