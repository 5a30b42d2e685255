#include "solvers/neuron/tissue/poisson.hpp"

#include "solvers/common/rng.hpp"

namespace ngv::neuron::tissue {

void PoissonSources::draw(Source& s) const {
    s.next += s.mean_interval * Random(seed_, purpose("poisson input"), s.id, s.count++).exponential();
}

void PoissonSources::add(std::int64_t id, double rate_hz, double start_ms, double stop_ms) {
    if (!(rate_hz > 0)) return;
    sources_.push_back({id, 1000 / rate_hz, start_ms, stop_ms, start_ms, 0});
    draw(sources_.back());
}

void PoissonSources::spikes(double begin, double end, std::vector<std::pair<double, std::int64_t>>& out) {
    for (Source& s : sources_) {
        if (begin < 0) {
            s.next = s.start;
            s.count = 0;
            draw(s);
        }
        for (; s.next <= end && s.next < s.stop; draw(s))
            if (s.next > begin) out.emplace_back(s.next, s.id);
    }
}

std::vector<std::int64_t> PoissonSources::ids() const {
    std::vector<std::int64_t> result;
    for (const Source& s : sources_) result.push_back(s.id);
    return result;
}

}  // namespace ngv::neuron::tissue
