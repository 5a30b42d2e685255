#include "coupler/schedule/cut.hpp"

#include <fmt/format.h>

namespace ngv::schedule {

std::int64_t taken_before(const Channel& channel, Tick tick) {
    if (channel.scheme == Scheme::initial) return tick > 0 ? 1 : 0;
    const std::int64_t windows = tick / channel.interval;
    return channel.scheme == Scheme::parallel && windows > 0 ? windows - 1 : windows;
}

std::optional<Tick> cut_at(Tick previous, Tick stop, Tick every, Tick duration) {
    if (every <= 0) return std::nullopt;
    const Tick tick = stop / every * every;
    if (tick <= previous || tick >= duration) return std::nullopt;
    return tick;
}

std::string cut_name(Tick tick) {
    return fmt::format("{}ms", to_ms(tick));
}

}  // namespace ngv::schedule
