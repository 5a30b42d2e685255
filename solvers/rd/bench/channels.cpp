// Times one event among many channels, by the three exact ways of finding the next one: one JSON line a number of channels.
//
//     rd-channels-bench [channels ...]                     (10 100 1000 10000 1000000)
//
//     search        the propensities are added up and searched (the direct method)
//     composition   composition and rejection
//     next_reaction each channel has its time, in an indexed heap
//
// The network is a ring of species, A0 -> A1 -> ... -> A0, whose rates span six decades; an event changes two channels.
// open_ns and group_ns, over the channels, come before the first event of a half step: all pay open, composition both.
#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <ngv/participant.hpp>
#include <vector>

#include "solvers/common/resources.hpp"
#include "solvers/rd/mesh/region_map.hpp"
#include "solvers/rd/stochastic/event_heap.hpp"
#include "solvers/rd/stochastic/vessel.hpp"

namespace {

using namespace ngv::rd;

Model ring(int n) {
    Model model;
    Compartment box{.name = "box", .volume_fraction = 1.0, .tortuosity = 1.0};
    Draws draws(key_of(1, 1), CounterId(0), 0, 0);
    for (int k = 0; k < n; ++k) {
        if (k % 1000 == 0) draws = Draws(key_of(1, 1), CounterId(k), 0, 0);
        model.species.push_back(Species{.name = fmt::format("A{}", k), .engine = Engine::stochastic});
        model.reactions.push_back({.region = 0,
                                   .left = {{k}},
                                   .right = {{(k + 1) % n}},
                                   .rate = std::pow(10.0, 6.0 * draws.uniform() - 3.0)});
        box.species.push_back(k);
    }
    model.compartments = {box};
    return model;
}

struct Bench {
    int channels;
    Model model;
    LocalMesh mesh;
    Elements elements;
    LawBook laws;
    Populations populations;
    Drives drives;
    HeldNumbers held;
    Tally tally;
    Vessel vessel;
    std::vector<Move> moves;

    Bench(MPI_Comm comm, int n)
        : channels(n),
          model(ring(n)),
          mesh(distribute(comm, [] { return box_mesh(1, 1, 1, 1, 1, 1, 0.0); })),
          elements(mesh, model, RegionMap{std::vector<std::int16_t>(6, 0), {}, {}}),
          laws(model),
          populations(n, laws, elements),
          drives(model, elements),
          tally{std::vector<std::int64_t>(static_cast<std::size_t>(n), 0), {}},
          vessel(elements, populations, drives, held, tally) {
        vessel.set_laws(laws);
        for (auto& pool : populations.volume) pool[0] = 100;
    }

    /// Seconds an event.
    double picked(bool grouped, int events) {
        double total = vessel.open(0);
        if (grouped) vessel.group();
        ngv::Timer timer;
        for (int i = 0; i < events; ++i) {
            Draws draws(key_of(1, 2), CounterId(0), 1, i);
            vessel.fire(vessel.pick(total, draws), 1.0, moves);
            total = vessel.total();
        }
        return timer.seconds() / events;
    }

    double next_reaction(int events) {
        vessel.open(0);
        const auto& a = vessel.propensities();
        std::vector<double> times;
        for (int k = 0; k < channels; ++k)
            times.push_back(Draws(key_of(1, 3), CounterId(k), 0, 0).exponential() / a[k]);
        EventHeap heap;
        heap.reset(times);
        ngv::Timer timer;
        for (int i = 0; i < events; ++i) {
            const double now = heap.next_time();
            const std::int32_t k = heap.next(), after = (k + 1) % channels;
            const double before = a[after];
            vessel.fire(static_cast<std::size_t>(k), 1.0, moves);
            Draws draws(key_of(1, 2), CounterId(0), 1, i);
            times[k] = now + draws.exponential() / a[k];
            times[after] =
                before > 0.0 ? now + before / a[after] * (times[after] - now) : now + draws.exponential() / a[after];
            heap.set(k, times[k]);
            heap.set(after, times[after]);
        }
        return timer.seconds() / events;
    }
};

void run(MPI_Comm comm, int channels) {
    Bench bench(comm, channels);
    ngv::Timer timer;
    const int openings = std::max(1, 1'000'000 / channels);
    for (int i = 0; i < openings; ++i) bench.vessel.open(0);
    const double opening = timer.seconds() / openings / channels;
    timer = {};
    for (int i = 0; i < openings; ++i) bench.vessel.group();
    const double grouping = timer.seconds() / openings / channels;
    const double search = bench.picked(false, std::clamp(100'000'000 / channels, 100, 500'000));
    const double composition = bench.picked(true, 500'000), next = bench.next_reaction(500'000);
    fmt::print(
        "{{\"channels\": {}, \"search_ns\": {:.0f}, \"composition_ns\": {:.0f}, \"next_reaction_ns\": {:.0f}, "
        "\"open_ns\": {:.1f}, \"group_ns\": {:.1f}}}\n",
        channels, 1e9 * search, 1e9 * composition, 1e9 * next, 1e9 * opening, 1e9 * grouping);
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<int> sizes;
    for (int i = 1; i < argc; ++i) sizes.push_back(std::atoi(argv[i]));
    if (sizes.empty()) sizes = {10, 100, 1000, 10'000, 1'000'000};
    return ngv::run_alone(argc, argv, "rd-channels-bench", [&](MPI_Comm comm) {
        for (const int n : sizes) run(comm, n);
    });
}
