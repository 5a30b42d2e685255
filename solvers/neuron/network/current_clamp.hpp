// Current from an electrode into a compartment: steps, ramps and pulse trains (SONATA's `linear` and `pulse`).
#pragma once

namespace ngv::neuron {

struct CurrentClamp {
    int node = 0;
    double delay = 0, duration = 0;  ///< ms
    double start = 0, end = 0;       ///< nA at the begin and the end of `duration`
    double period = 0, width = 0;    ///< ms; period > 0: pulses of `width`

    /// nA at time t.
    double at(double t) const {
        if (t < delay || t >= delay + duration) return 0;
        const double since = t - delay;
        if (period > 0 && since - period * static_cast<long long>(since / period) >= width) return 0;
        return start + (end - start) * since / duration;
    }
};

}  // namespace ngv::neuron
