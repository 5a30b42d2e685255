// Many reactions in one element: composition and rejection picks them with their probabilities, on any number of ranks.
//
// Chi-squares are at fixed seeds; over d degrees of freedom the limit d + 5 sqrt(2 d) has a failure probability of about 1e-5
// for another seed. Tolerances of means are five standard deviations (6e-7 a comparison).
#include <cmath>
#include <map>
#include <numeric>

#include "solvers/rd/stochastic/event_heap.hpp"
#include "tests/unit/rd/stochastic_support.hpp"

namespace rd_test {
namespace {

const MPI_Comm world = MPI_COMM_WORLD, self = MPI_COMM_SELF;

double limit(double degrees) {
    return degrees + 5.0 * std::sqrt(2.0 * degrees);
}

TEST(RateGroups, PickInProportionToRatesThatChange) {
    std::vector<double> rates;
    for (int k = 0; k < 60; ++k) rates.push_back(k % 7 == 0 ? 0.0 : std::pow(10.0, (k % 11) / 4.0));
    RateGroups groups;
    groups.reset(rates);
    const auto set = [&](int k, double rate) {
        const double before = std::exchange(rates[k], rate);
        groups.update(k, before);
    };
    set(3, 0.0);
    set(7, 250.0);
    set(8, rates[8] * 1.01);
    set(9, rates[9] * 64);
    set(10, 5e-320);  // below the smallest normal number

    const double total = std::accumulate(rates.begin(), rates.end(), 0.0);
    EXPECT_NEAR(groups.total(), total, 1e-12 * total);
    constexpr int samples = 400'000;
    std::vector<double> seen(rates.size(), 0.0);
    for (int i = 0; i < samples; ++i) {
        Draws draws(key_of(3, 1), CounterId(i), 0, 0);
        ++seen[groups.pick(groups.total(), draws)];
    }
    double chi = 0.0, degrees = -1.0;
    for (std::size_t k = 0; k < rates.size(); ++k) {
        const double expected = samples * rates[k] / total;
        if (expected < 1.0) {
            EXPECT_EQ(seen[k], 0.0) << k;
            continue;
        }
        chi += (seen[k] - expected) * (seen[k] - expected) / expected;
        ++degrees;
    }
    EXPECT_GT(degrees, 40);
    EXPECT_LT(chi, limit(degrees));
}

TEST(RateGroups, AHugeRateThatVanishesLeavesNoRoundingBehind) {
    std::vector<double> rates{1e-9, 0.0, 3e-9};
    RateGroups groups;
    groups.reset(rates);
    for (const double huge : {1e12, 7e11}) {
        rates[1] = huge;
        groups.update(1, 0.0);
        rates[1] = 0.0;
        groups.update(1, huge);
    }

    EXPECT_DOUBLE_EQ(groups.total(), 4e-9);
    rates[0] = rates[2] = 0.0;
    groups.update(0, 1e-9);
    groups.update(2, 3e-9);
    EXPECT_EQ(groups.total(), 0.0);
}

/// A ring of n species, A0 -> A1 -> ..., whose rates are 10 to 1000 1/s, with `more` reactions.
std::string ring(int n, const std::string& diffusion, const std::string& more = "") {
    std::string species, reactions;
    for (int k = 0; k < n; ++k) {
        species += fmt::format("  A{}: {{diffusion: {}}}\n", k, diffusion);
        reactions +=
            fmt::format("  - A{} -> A{} : {:.17g} 1/s\n", k, (k + 1) % n, std::pow(10.0, (k * 7 + 8) % 9 / 4.0 + 1.0));
    }
    return "compartments: {box: {}}\nspecies:\n" + species + "reactions:\n  box:\n" + reactions + more;
}

// Molecules that turn into each other are independent: numbers are multinomial with the probabilities of dp/dt = Q p.
TEST(ManyChannels, AFirstOrderNetworkHasItsMultinomialLaw) {
    constexpr int n = 100, molecules = 400;
    const Model model = stochastic("step: 20 ms\n" + ring(n, "0 um2/s"));
    const LocalMesh mesh = vessels(self, 600, 1.0);
    StochasticEngine engine(self, mesh, model, regions_of(mesh, model, self));
    set_all(engine, 0, molecules);
    engine.advance(0, ms(300));

    std::vector<double> p(n, 0.0), middle(n);
    p[0] = 1.0;
    constexpr int steps = 6000;  // of the midpoint rule: relative errors below 1e-3, a tenth of the statistics'
    const auto flow = [&](const std::vector<double>& x, int k) {
        return model.reactions[k].rate * x[k] * 300.0 / steps;
    };
    for (int i = 0; i < steps; ++i) {
        for (int k = 0; k < n; ++k) middle[k] = p[k] + 0.5 * (flow(p, (k + n - 1) % n) - flow(p, k));
        for (int k = 0; k < n; ++k) p[k] += flow(middle, (k + n - 1) % n) - flow(middle, k);
    }
    const auto vessels_here = static_cast<double>(engine.elements().num_owned), all = vessels_here * molecules;
    double chi = 0.0, degrees = -1.0, rest_expected = all, rest = all;
    for (int k = 0; k < n; ++k) {
        const auto [mean, deviation] = moments(engine, k);
        const double expected = all * p[k];
        if (expected < 50.0) continue;
        chi += std::pow(mean * vessels_here - expected, 2) / expected;
        ++degrees;
        rest -= mean * vessels_here;
        rest_expected -= expected;
        const double variance = molecules * p[k] * (1 - p[k]);
        EXPECT_NEAR(deviation * deviation, variance, 5 * std::sqrt((2 * variance * variance + variance) / vessels_here))
            << k;
    }
    if (rest_expected > 50.0) chi += std::pow(rest - rest_expected, 2) / rest_expected, ++degrees;
    EXPECT_GT(degrees, 10);
    EXPECT_LT(chi, limit(degrees));
    const auto s = engine.statistics();
    EXPECT_GT(s.composed, s.reactions / 2) << "not by composition and rejection";
}

// The next-reaction method of Gibson & Bruck (2000), written for itself: a time for every channel, kept and rescaled.
void next_reaction(Vessel& vessel, std::int32_t element, double until, int run) {
    vessel.open(element);
    const auto n = static_cast<std::int32_t>(vessel.num_channels());
    std::vector<double> a = vessel.propensities(), times;
    std::vector<Move> moves;
    Draws draws(key_of(11, 1), CounterId(run), 0, 0);
    for (int k = 0; k < n; ++k) times.push_back(draws.exponential() / a[k]);
    EventHeap heap;
    heap.reset(times);
    for (std::int64_t events = 1; heap.next_time() < until; ++events) {
        const double now = heap.next_time();
        const std::int32_t fired = heap.next();
        if (events % 1000 == 0) draws = Draws(key_of(11, 1), CounterId(run), 0, events);
        vessel.fire(static_cast<std::size_t>(fired), 1.0, moves);
        const auto& b = vessel.propensities();
        for (int k = 0; k < n; ++k) {
            if (k != fired && b[k] == a[k]) continue;
            const bool anew = k == fired || a[k] == 0.0;
            times[k] = now + (anew ? draws.exponential() / b[k] : a[k] / b[k] * (times[k] - now));
            heap.set(k, times[k]);
        }
        a = b;
    }
    vessel.close();
}

// A network that is not linear: both exact methods have the same distribution of every species, by a chi-square of two samples.
TEST(ManyChannels, ANonlinearNetworkIsThatOfTheNextReactionMethod) {
    constexpr int n = 40, copies = 600;
    std::string more;
    for (int k = 0; k < n; ++k)
        more +=
            fmt::format("  - A{} + A{} <-> A{} : {} 1/(uM s), 20 1/s\n", k, (k + 13) % n, (k + 5) % n, 2 + k % 5 * 20);
    const Model model = stochastic("step: 30 ms\n" + ring(n, "0 um2/s", more));
    const LocalMesh mesh = vessels(self, copies, 1.0);
    const RegionMap regions = regions_of(mesh, model, self);
    StochasticEngine engine(self, mesh, model, regions);
    for (int s = 0; s < n; ++s) set_all(engine, s, 3 + s % 3);
    engine.advance(0, ms(30));
    EXPECT_GT(engine.statistics().composed, engine.statistics().reactions / 2);

    const Elements elements(mesh, model, regions);
    const LawBook laws(model);
    Populations populations(n, laws, elements);
    const Drives drives(model, elements);
    const HeldNumbers held;
    Tally tally{std::vector<std::int64_t>(laws.extents.size(), 0), {}};
    Vessel vessel(elements, populations, drives, held, tally);
    vessel.set_laws(laws);
    for (std::int32_t e = 0; e < elements.num_owned; ++e) {
        for (int s = 0; s < n; ++s) populations.volume[s][e] = 3 + s % 3;
        next_reaction(vessel, e, 30.0, e);
    }

    // Events of all vessels: sums of many, near enough to normal.
    EXPECT_NEAR(static_cast<double>(tally.events), static_cast<double>(engine.statistics().reactions),
                5 * std::sqrt(2.0 * static_cast<double>(tally.events)));
    double chi = 0.0, degrees = 0.0;
    for (int s = 0; s < n; ++s) {
        std::map<std::int64_t, std::array<double, 2>> seen;
        for (std::int32_t e = 0; e < elements.num_owned; ++e) {
            ++seen[std::min<std::int64_t>(engine.count(e, s), 12)][0];
            ++seen[std::min<std::int64_t>(populations.volume[s][elements.from_mesh[e]], 12)][1];
        }
        double counted = 0.0;
        for (const auto& [number, pair] : seen)
            if (pair[0] + pair[1] >= 20.0) {
                chi += std::pow(pair[0] - pair[1], 2) / (pair[0] + pair[1]);
                ++counted;
            }
        degrees += std::max(0.0, counted - 1.0);
    }
    // Species depend on each other, so the sum spreads somewhat more than a chi-square's: twice the deviations.
    EXPECT_GT(degrees, 100);
    EXPECT_NEAR(chi, degrees, 10.0 * std::sqrt(2.0 * degrees));
}

TEST(ManyChannels, TrajectoryIsIdenticalOnAnyNumberOfRanks) {
    constexpr int n = 120;
    const std::string text = "step: 1 ms\n" + ring(n, "10 um2/s", "contents: {box: {A0: 40000}}\n");
    std::vector<std::int64_t> numbers[2];
    for (const bool alone : {false, true}) {
        const MPI_Comm comm = alone ? self : world;
        const Model model = stochastic(text);
        const LocalMesh mesh = box(comm, 4, 4, 4, 2, 2, 2, 0.2);
        StochasticEngine engine(comm, mesh, model, regions_of(mesh, model, comm));
        engine.advance(0, ms(20));
        std::int64_t composed = engine.statistics().composed;
        MPI_Allreduce(MPI_IN_PLACE, &composed, 1, MPI_INT64_T, MPI_SUM, comm);
        EXPECT_GT(composed, 1000);
        numbers[alone].assign(static_cast<std::size_t>(n * mesh.num_global), 0);
        for (std::int32_t i = 0; i < mesh.num_owned; ++i)
            for (int s = 0; s < n; ++s) numbers[alone][n * mesh.ids[i] + s] = engine.count(i, s);
        MPI_Allreduce(MPI_IN_PLACE, numbers[alone].data(), static_cast<int>(numbers[alone].size()), MPI_INT64_T,
                      MPI_SUM, comm);
        EXPECT_EQ(std::accumulate(numbers[alone].begin(), numbers[alone].end(), std::int64_t{0}), 40'000);
    }
    EXPECT_EQ(numbers[0], numbers[1]);
}

}  // namespace
}  // namespace rd_test
