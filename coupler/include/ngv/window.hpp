// Time in a coupled run: integer ticks of one nanosecond, on the wire and in every schedule. A double appears only
// where physics needs it.
#pragma once

#include <cstdint>

namespace ngv {

using Tick = std::int64_t;  ///< nanoseconds of biological time since the start of the run
inline constexpr double ticks_per_ms = 1e6;

constexpr double to_ms(Tick t) {
    return static_cast<double>(t) / ticks_per_ms;
}

/// The stretch of time that a solver simulates between two exchanges.
struct Window {
    std::int64_t index;  ///< 0, 1, 2, ... for this participant
    Tick begin;
    Tick end;
    double begin_ms() const { return to_ms(begin); }
    double end_ms() const { return to_ms(end); }
    double length_ms() const { return to_ms(end - begin); }
};

}  // namespace ngv
