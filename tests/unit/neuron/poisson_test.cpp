#include "solvers/neuron/network/poisson.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace ngv::neuron {

TEST(Poisson, CountsHaveTheMeanAndVarianceOfTheirRate) {
    // 2000 sources, 10 Hz, 2 s: mean 20, standard error of the mean 0.1, of the variance ratio 0.032. 5 sigma: fails
    // once in 1.7e6.
    PoissonSources sources(1, 0.025);
    for (int i = 0; i < 2000; ++i) sources.add(i, 10);
    std::vector<SpikeEvent> events;
    for (int step = 0; step < 80000; step += 100) sources.spikes(step, step + 100, events);
    std::vector<double> counts(2000, 0.0);
    for (const auto& e : events) ++counts[e.source];
    double mean = 0, variance = 0;
    for (double c : counts) mean += c / 2000;
    for (double c : counts) variance += (c - mean) * (c - mean) / 1999;

    EXPECT_NEAR(mean, 20, 0.5);
    EXPECT_NEAR(variance / mean, 1, 0.16);
}

TEST(Poisson, TrainsDoNotDependOnTheIntervalsInWhichTheyAreDrawnNorOnOtherSources) {
    PoissonSources a(7, 0.025), b(7, 0.025);
    a.add(5, 40);
    a.add(6, 40);
    b.add(6, 40);
    std::vector<SpikeEvent> all, only;
    a.spikes(0, 40000, all);
    for (int step = 0; step < 40000; step += 37) b.spikes(step, std::min(step + 37, 40000), only);
    std::erase_if(all, [](const SpikeEvent& e) { return e.source != 6; });

    EXPECT_GT(all.size(), 20u);
    EXPECT_EQ(all, only);
}

TEST(Poisson, SourcesFireOnlyBetweenStartAndStop) {
    PoissonSources s(1, 0.1);
    s.add(1, 1000, 50, 60);
    std::vector<SpikeEvent> events;
    s.spikes(0, 2000, events);

    ASSERT_FALSE(events.empty());
    EXPECT_GE(events.front().step, 500);
    EXPECT_LE(events.back().step, 600);
}

}  // namespace ngv::neuron
