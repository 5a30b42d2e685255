#include "solvers/neuron/network/connections.hpp"

#include <algorithm>
#include <climits>
#include <cmath>
#include <tuple>

namespace ngv::neuron {

Connections::Connections(std::vector<Connection> connections, bool plastic) : list_(std::move(connections)) {
    std::sort(list_.begin(), list_.end(), [](const Connection& a, const Connection& b) {
        return std::tie(a.source, a.order, a.contact) < std::tie(b.source, b.order, b.contact);
    });
    for (int i = 0; i < size(); ++i) {
        if (i > 0 && list_[i].source == list_[i - 1].source) continue;
        sources_.push_back(list_[i].source);
        offsets_.push_back(i);
    }
    offsets_.push_back(size());
    if (plastic) release_.resize(list_.size());
}

std::pair<int, int> Connections::of(std::int64_t source) const {
    const auto it = std::lower_bound(sources_.begin(), sources_.end(), source);
    if (it == sources_.end() || *it != source) return {0, 0};
    const auto s = it - sources_.begin();
    return {offsets_[s], offsets_[s + 1]};
}

int Connections::max_delay_steps() const {
    int most = 1;
    for (const auto& c : list_) most = std::max(most, c.delay_steps);
    return most;
}

int Connections::min_delay_steps() const {
    int least = INT_MAX;
    for (const auto& c : list_) least = std::min(least, c.delay_steps);
    return least;
}

double Connections::release(int i, double time_ms) {
    const Connection& c = list_[i];
    if (release_.empty()) return c.use;
    Release& s = release_[i];
    const double dt = time_ms - s.last;
    const double kept = c.facilitation > 0 ? s.u * std::exp(-dt / c.facilitation) : 0.0;
    const double u = kept + c.use * (1 - kept);
    const double available = c.depression > 0 ? 1 - (1 - s.r) * std::exp(-dt / c.depression) : 1.0;
    s = {static_cast<float>(u), static_cast<float>(available * (1 - u)), time_ms};
    return u * available;
}

void Connections::reset() {
    std::fill(release_.begin(), release_.end(), Release{});
}

}  // namespace ngv::neuron
