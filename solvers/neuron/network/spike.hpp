// A spike as it travels: at the end of which step, and of which source.
#pragma once

#include <cstdint>

namespace ngv::neuron {

struct SpikeEvent {
    std::int64_t step;    ///< the spike's time is step * dt
    std::int64_t source;  ///< global cell id
    auto operator<=>(const SpikeEvent&) const = default;
};

}  // namespace ngv::neuron
