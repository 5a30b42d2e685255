// Epochs: groups one after the other through many steps, spikes on their way meanwhile.
#include <algorithm>

#include "ngv/error.hpp"
#include "solvers/common/resources.hpp"
#include "solvers/neuron/engine/simulation_impl.hpp"

namespace ngv::neuron {

void Simulation::Impl::make_times(std::int64_t n) {
    times.resize(n);
    double t = now;
    for (StepTimes& s : times) {  // accumulated as NEURON does: its comparisons with event times see the round-off
        s.begin = t;
        t += .5 * options.dt;
        s.middle = t;
        t += .5 * options.dt;
        s.end = t;
    }
}

void Simulation::Impl::reserve_frames(std::int64_t last_step) {
    for (RecorderState& r : recorders) {
        const std::int64_t last = std::min(last_step, r.spec.last - 1);
        if (last < r.spec.first) continue;
        r.frames = (last - r.spec.first) / r.spec.every + 1 - r.next;
        r.values.resize(r.frames * r.spec.columns.size());
    }
}

void Simulation::Impl::give_spikes(double begin, double end) {
    std::vector<std::pair<double, std::int64_t>> made;
    for (const auto& generate : generators) generate(begin, end, made);
    std::sort(made.begin(), made.end());
    for (auto [t, source] : made) send_spike(t, source, 0);
    for (; next_given < given.size() && given[next_given].time <= end; ++next_given)
        send_spike(given[next_given].time, given[next_given].source, 0);
}

void Simulation::Impl::transfer() {
    if (!transfers.any) return;
    for (std::size_t i = 0; i < transfers.sources.size(); ++i) transfers.send[i] = *transfers.sources[i];
    MPI_Allgatherv(transfers.send.data(), static_cast<int>(transfers.send.size()), MPI_DOUBLE, transfers.all.data(),
                   transfers.counts.data(), transfers.offsets.data(), MPI_DOUBLE, comm);
    for (auto [target, source] : transfers.targets) *target = transfers.all[source];
}

void Simulation::Impl::run_epoch(std::int64_t n) {
    make_times(n);
    reserve_frames(steps + n);
    give_spikes(now, times.back().end);
    if (transfers.any) {
        for (std::int64_t s = 0; s < n; ++s) {
            Timer timer;
            for (auto& g : groups) {
                start_group(*g);
                step(*g, steps + s, times[s]);
            }
            busy += timer.seconds();
            transfer();
        }
    } else {
        for (auto& g : groups) {
            Timer timer;
            start_group(*g);
            for (std::int64_t s = 0; s < n; ++s) step(*g, steps + s, times[s]);
            busy += timer.seconds();
            exchange.poll();
        }
    }
    steps += n;
    now = times.back().end;
    if (overlapped && exchange.pending()) send_spikes(exchange.finish());
    exchange.start(fired);
    if (!overlapped) send_spikes(exchange.finish());
    for (const FiredSpike& s : fired) recorded.push_back({s.time, s.source});
    fired.clear();
}

void Simulation::advance(std::int64_t n) {
    NGV_ASSERT(n >= 0);
    while (n > 0) {
        const std::int64_t length = std::min<std::int64_t>(n, impl_->epoch - impl_->steps % impl_->epoch);
        impl_->run_epoch(length);
        n -= length;
    }
}

}  // namespace ngv::neuron
