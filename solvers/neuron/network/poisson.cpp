#include "solvers/neuron/network/poisson.hpp"

#include <cmath>

#include "solvers/common/rng.hpp"

namespace ngv::neuron {

void PoissonSources::draw(Source& s) const {
    s.next += s.mean_interval * Random(seed_, purpose("poisson input"), s.id, s.count++).exponential();
}

void PoissonSources::add(std::int64_t id, double rate_hz, double start_ms, double stop_ms) {
    if (!(rate_hz > 0)) return;
    Source s{id, 1000 / rate_hz, stop_ms, start_ms, 0};
    draw(s);
    sources_.push_back(s);
}

void PoissonSources::spikes(std::int64_t begin, std::int64_t end, std::vector<SpikeEvent>& out) {
    const double limit = static_cast<double>(end) * dt_;
    for (Source& s : sources_) {
        while (s.next <= limit && s.next < s.stop) {
            const auto step = static_cast<std::int64_t>(std::ceil(s.next / dt_));
            if (step > begin && step <= end) out.push_back({step, s.id});
            if (step > end) break;  // rounding: belongs to the next interval
            draw(s);
        }
    }
}

}  // namespace ngv::neuron
