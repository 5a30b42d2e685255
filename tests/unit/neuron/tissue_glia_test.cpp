// Astrocytes of the tissue: glutamate, calcium, vessels; synapses and their release.
#include <gtest/gtest.h>

#include <cmath>

#include "solvers/neuron/constants.hpp"
#include "solvers/neuron/tissue/poisson.hpp"
#include "tests/unit/neuron/tissue_cells.hpp"

namespace ngv::neuron {

using namespace test;
using tissue::Parameters;
using tissue::TissueModel;

namespace {

/// One astrocyte with an endfoot at the end of a branch, and a contact on it that source 100 reaches.
TissueModel astrocyte(double radius, const std::vector<double>& spikes = {}) {
    return make_tissue(tissue::default_parameters(), 1, 0, [&](TissueModel& m, EngineBuilder& b) {
        const Blueprint& cell = *m.cells[0].blueprint;
        const int foot = cell.first_compartment[4] - 1;
        const Point wall = b.add_point(0, cell.node[foot], "VesselWall", {{"resting_radius", radius}});
        b.set_pointer(wall, "calcium", {.gid = 0, .node = cell.node[foot], .variable = "glia_calcium.ca"});
        m.endfeet.push_back({0, 7, radius, 0, foot, wall});
        const Point contact = b.add_point(0, cell.node[1], "GliaContact");
        b.set_pointer(contact, "level", {.gid = 0, .node = cell.node[1], .variable = "glia_calcium.contact"});
        b.add_spikes(100, spikes);
        b.add_connection(100, contact, 1, {1, 1, 0, 0, 1});
    });
}

double radius_of(TissueModel& m) {
    return *m.simulation->address({.variable = "radius", .point = m.endfeet[0].wall});
}

}  // namespace

TEST(TissueGlia, AVesselStaysAtItsOwnRadiusWithoutGlutamate) {
    for (double radius : {2.0, 5.0, 14.7, 30.0}) {
        auto m = astrocyte(radius);
        m.simulation->advance(40000);
        EXPECT_NEAR(radius_of(m) / radius, 1, 1e-6);
    }
}

TEST(TissueGlia, RestingCalciumIsLowAndGlutamateRaisesItAndWidensTheVesselWithinAboutASecond) {
    auto m = astrocyte(4);
    const double rest = values(m, 0, "glia_calcium.ca")[0];
    set(m, 0, "gluo", 0.01);  // mM
    m.simulation->advance(60000);

    EXPECT_GT(rest, 0.02);
    EXPECT_LT(rest, 0.15);
    EXPECT_GT(radius_of(m), 1.01 * 4);
    EXPECT_LT(radius_of(m), 1.6 * 4);
}

TEST(TissueGlia, SpikesAtAContactRaiseCalciumThere) {
    std::vector<double> spikes;
    for (int i = 0; i < 300; ++i) spikes.push_back(10 * i);  // 100 Hz at a compartment that several synapses touch
    auto m = astrocyte(4, spikes);
    const double before = values(m, 0, "glia_calcium.ca")[1];
    double peak = 0;
    for (int i = 0; i < 60; ++i) {
        m.simulation->advance(2000);
        peak = std::max(peak, values(m, 0, "glia_calcium.ca")[1]);
    }
    EXPECT_GT(peak, 2 * before);
}

TEST(TissueGlia, Ip3SpreadsAlongTheProcessesAndDiffusionAloneLosesNone) {
    auto m = astrocyte(4);
    const auto rest = values(m, 0, "glia_calcium.ip3");
    const auto ip3 = m.simulation->addresses(0, "glia_calcium.ip3");
    *ip3[1] += 1;
    m.simulation->advance(400);  // 10 ms: reactions have hardly begun

    const Blueprint& b = *m.cells[0].blueprint;
    double added = 0;
    for (std::size_t i = 0; i < ip3.size(); ++i) added += (*ip3[i] - rest[i]) * b.volume[b.node[i]];
    EXPECT_GT(*ip3[2], rest[2] + 1e-3);
    EXPECT_NEAR(added / b.volume[b.node[1]], 1, 0.02);
}

TEST(TissueGlia, ReleaseIsCountedInMoleculesAndCostsAtp) {
    Parameters p = tissue::default_parameters();
    p.synapses.plasticity = false;
    Point synapse;
    auto m = make_tissue(p, 1, 1, [&](TissueModel& t, EngineBuilder& b) {
        const int node = t.cells[0].blueprint->node[1];
        synapse = b.add_point(0, node, "AmpaNmda", {{"ampa_decay", 1.7}, {"sodium_share", .6}});
        b.add_spikes(5, {10, 20, 30});
        b.add_connection(5, synapse, 1, {.5, .5, 0, 0, 2});
    });
    m.simulation->advance(2000);

    const double glutamate = *m.simulation->address({.variable = "glutamate_released", .point = synapse});
    const double atp = *m.simulation->address({.variable = "atp_used", .point = synapse});
    EXPECT_NEAR(glutamate * avogadro, 3 * .5 * 2 * p.synapses.molecules_per_vesicle, 1e-6);
    EXPECT_NEAR(atp * avogadro, 3 * .5 * 2 * p.synapses.atp_per_vesicle, 1e-6);
}

TEST(TissuePoisson, CountsHaveTheMeanAndVarianceOfTheirRate) {
    // 2000 sources, 10 Hz, 2 s: mean 20, standard error of the mean 0.1, of the variance ratio 0.032. 5 sigma: fails
    // once in 1.7e6.
    tissue::PoissonSources sources(1);
    for (int i = 0; i < 2000; ++i) sources.add(i, 10, 0, 1e9);
    std::vector<std::pair<double, std::int64_t>> events;
    for (int ms = 0; ms < 2000; ms += 3) sources.spikes(ms, ms + 3, events);
    std::vector<double> counts(2000, 0.0);
    for (auto [t, id] : events) ++counts[id];
    double mean = 0, variance = 0;
    for (double c : counts) mean += c / 2000;
    for (double c : counts) variance += (c - mean) * (c - mean) / 1999;

    EXPECT_NEAR(mean, 20, 0.5);
    EXPECT_NEAR(variance / mean, 1, 0.16);
}

TEST(TissuePoisson, TrainsDoNotDependOnTheIntervalsNorOnOtherSourcesAndStartAgain) {
    tissue::PoissonSources a(7), b(7);
    a.add(5, 40, 0, 1e9);
    a.add(6, 40, 100, 900);
    b.add(6, 40, 100, 900);
    std::vector<std::pair<double, std::int64_t>> all, only;
    a.spikes(-1, 0, all);
    a.spikes(0, 1000, all);
    for (int pass = 0; pass < 2; ++pass) {
        only.clear();
        b.spikes(-1, 0, only);
        for (double t = 0; t < 1000; t += 0.925) b.spikes(t, std::min(t + 0.925, 1000.0), only);
    }
    std::erase_if(all, [](const auto& e) { return e.second != 6; });

    EXPECT_GT(all.size(), 10u);
    EXPECT_EQ(all, only);
    EXPECT_GE(all.front().first, 100);
    EXPECT_LT(all.back().first, 900);
}

}  // namespace ngv::neuron
