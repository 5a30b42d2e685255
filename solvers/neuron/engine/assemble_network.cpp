#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <tuple>

#include "ngv/error.hpp"
#include "solvers/neuron/engine/assembler.hpp"

namespace ngv::neuron {

void Assembler::connections() {
    ConnectionTable& table = to_.connections;
    const std::size_t n = from_.source.size();
    const auto firing = simulated_sources();
    std::vector<std::int64_t> order;
    to_.local_min_delay = 1e300;
    for (std::size_t c = 0; c < n; ++c) {
        const bool simulated = std::binary_search(firing.begin(), firing.end(), from_.source[c]);
        if (!simulated && !from_.given_sources.count(from_.source[c])) continue;
        order.push_back(static_cast<std::int64_t>(c));
        if (simulated && from_.delay[c] < to_.options.dt) {
            const auto& point = from_.points[from_.target[c]];
            throw UserError(Problem{fmt::format("connection from {} to {} of cell {}", from_.source[c],
                                                from_.mechanisms[point.mechanism]->name, point.gid),
                                    fmt::format("has a delay of {} ms, expected at least one step of {} ms",
                                                from_.delay[c], to_.options.dt),
                                    "raise the delay or lower the time step"});
        }
        if (simulated) to_.local_min_delay = std::min(to_.local_min_delay, from_.delay[c]);
    }
    if (order.size() > INT32_MAX)
        throw UserError(Problem{"connections",
                                fmt::format("are {} on one rank, expected at most {}", order.size(), INT32_MAX),
                                "use more ranks"});
    std::sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
        return std::tuple(from_.source[a], from_.order[a], a) < std::tuple(from_.source[b], from_.order[b], b);
    });
    table.target.reserve(order.size());
    table.delay.reserve(order.size());
    table.numbers.reserve(order.size(), from_.numbers.has_further());
    table.numbers.share(from_.numbers);
    for (std::int64_t c : order) {
        if (table.sources.empty() || table.sources.back() != from_.source[c]) {
            table.sources.push_back(from_.source[c]);
            table.offsets.push_back(static_cast<std::int64_t>(table.target.size()));
        }
        table.target.push_back(from_.target[c]);
        table.delay.push_back(from_.delay[c]);
        table.numbers.add(from_.numbers, c, *from_.mechanisms[from_.points[from_.target[c]].mechanism]);
    }
    table.offsets.push_back(static_cast<std::int64_t>(table.target.size()));
    table.sources.shrink_to_fit();
    table.offsets.shrink_to_fit();
    from_.target = {};
    from_.delay = {};
    from_.source = {};
    from_.order = {};
    from_.numbers = {};
    if (!from_.weight_changes.empty()) {
        std::vector<std::int64_t> place(n, -1);
        for (std::size_t i = 0; i < order.size(); ++i) place[order[i]] = static_cast<std::int64_t>(i);
        std::stable_sort(from_.weight_changes.begin(), from_.weight_changes.end(),
                         [](const auto& a, const auto& b) { return a.time < b.time; });
        for (const auto& w : from_.weight_changes) {
            const std::int64_t c = place[w.connection];
            if (c < 0) continue;
            to_.weight_changes.push_back({w.time, table.numbers.weight(c), w.weight, c});
        }
    }
    std::sort(from_.spikes.begin(), from_.spikes.end());
    for (auto [t, source] : from_.spikes) to_.given.push_back({t, source});
    to_.generators = std::move(from_.generators);
}

void Assembler::transfers() {
    Transfers& t = to_.transfers;
    // every rank asks for voltages; all learn what is wanted, and owners send it in this order
    std::vector<std::int64_t> mine;
    for (const auto& x : from_.transfers) mine.insert(mine.end(), {x.gid, x.node});
    int size = 1;
    MPI_Comm_size(to_.comm, &size);
    std::vector<int> counts(size), offsets(size);
    int n = static_cast<int>(mine.size());
    MPI_Allgather(&n, 1, MPI_INT, counts.data(), 1, MPI_INT, to_.comm);
    std::exclusive_scan(counts.begin(), counts.end(), offsets.begin(), 0);
    std::vector<std::int64_t> all(offsets.back() + counts.back());
    MPI_Allgatherv(mine.data(), n, MPI_INT64_T, all.data(), counts.data(), offsets.data(), MPI_INT64_T, to_.comm);
    t.any = !all.empty();
    if (!t.any) return;
    std::set<std::pair<std::int64_t, std::int64_t>> asked;
    for (std::size_t i = 0; i < all.size(); i += 2) asked.emplace(all[i], all[i + 1]);
    std::vector<std::int64_t> sent;
    for (auto [gid, node] : asked) {
        if (!to_.cell_of_gid.count(gid)) continue;
        sent.insert(sent.end(), {gid, node});
        t.sources.push_back(to_.address({gid, static_cast<int>(node), "v"}, "gap junction"));
    }
    n = static_cast<int>(sent.size());
    MPI_Allgather(&n, 1, MPI_INT, counts.data(), 1, MPI_INT, to_.comm);
    std::exclusive_scan(counts.begin(), counts.end(), offsets.begin(), 0);
    all.resize(offsets.back() + counts.back());
    MPI_Allgatherv(sent.data(), n, MPI_INT64_T, all.data(), counts.data(), offsets.data(), MPI_INT64_T, to_.comm);
    std::map<std::pair<std::int64_t, std::int64_t>, std::size_t> place;
    for (std::size_t i = 0; i < all.size(); i += 2) place[{all[i], all[i + 1]}] = i / 2;
    for (const auto& x : from_.transfers) {
        const auto it = place.find({x.gid, x.node});
        if (it == place.end())
            throw UserError(Problem{"gap junction", fmt::format("cell {} exists on no rank", x.gid), ""});
        t.targets.emplace_back(to_.address(x.target, "gap junction"), it->second);
    }
    t.send.resize(t.sources.size());
    t.all.resize(place.size());
    for (int r = 0; r < size; ++r) {
        t.counts.push_back(counts[r] / 2);
        t.offsets.push_back(offsets[r] / 2);
    }
}

void Assembler::times() {
    MPI_Allreduce(&to_.local_min_delay, &to_.min_delay, 1, MPI_DOUBLE, MPI_MIN, to_.comm);
    const double dt = to_.options.dt, late = to_.options.interpolate_spikes ? dt : 0.0;
    const double half = std::min(to_.options.max_epoch_ms, (to_.min_delay - late) / 2);
    to_.epoch = static_cast<int>(half / dt + 1e-9);
    to_.overlapped = to_.epoch >= 1;
    to_.epoch = std::max(1, to_.epoch);
    if (!to_.overlapped && to_.min_delay - late < dt * (1 - 1e-9))
        throw UserError(Problem{"minimum delay",
                                fmt::format("{} ms leaves no step between a spike and its arrival", to_.min_delay),
                                "raise the delays by one time step, or do not interpolate spikes"});
}

std::vector<std::int64_t> Assembler::simulated_sources() const {
    std::vector<std::int64_t> mine;
    for (const auto& d : from_.detectors) mine.push_back(d.source);
    for (auto [source, point] : from_.net_event_sources) mine.push_back(source);
    int size = 1, n = static_cast<int>(mine.size());
    MPI_Comm_size(to_.comm, &size);
    std::vector<int> counts(size), offsets(size);
    MPI_Allgather(&n, 1, MPI_INT, counts.data(), 1, MPI_INT, to_.comm);
    std::exclusive_scan(counts.begin(), counts.end(), offsets.begin(), 0);
    std::vector<std::int64_t> all(offsets.back() + counts.back());
    MPI_Allgatherv(mine.data(), n, MPI_INT64_T, all.data(), counts.data(), offsets.data(), MPI_INT64_T, to_.comm);
    std::sort(all.begin(), all.end());
    const auto twice = std::adjacent_find(all.begin(), all.end());
    if (twice != all.end())
        throw UserError(Problem{fmt::format("spike source {}", *twice), "has two detectors or artificial cells",
                                "give each a number of its own"});
    return all;
}

}  // namespace ngv::neuron
