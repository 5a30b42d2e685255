#include <gtest/gtest.h>

#include <cmath>

#include "solvers/neuron/astrocyte/astrocytes.hpp"
#include "tests/unit/neuron/test_cells.hpp"

namespace ngv::neuron {

using namespace test;

namespace {

struct Glia {
    std::unique_ptr<Engine> engine;
    Astrocytes astrocytes;
};

Glia one_astrocyte(double radius) {
    const Parameters p = default_parameters();
    std::vector<ModelCell> cells;
    Glia g{full_engine(p, {small_neuron()}, 0, &cells), {}};
    const int n = static_cast<int>(g.engine->nodes.size());
    g.astrocytes = Astrocytes(p.pathway, {0, n}, p.axial_resistivity,
                              {{0, 7, cells[0].node(cells[0].cable->compartment_at(3, 1.0)), radius}});
    g.engine->initialise();
    g.astrocytes.initialise(g.engine->nodes);
    return g;
}

}  // namespace

TEST(VesselWall, StartsAtEquilibriumForItsOwnRadius) {
    const WallParameters p;
    for (double radius : {2.0, 5.0, 14.7, 30.0}) {
        VesselWall wall(p, radius, 0.08);
        EXPECT_NEAR(wall.radius_rate() / radius, 0, 1e-12);
        for (int i = 0; i < 5000; ++i) wall.advance(0.08, 1);
        EXPECT_NEAR(wall.radius() / radius, 1, 1e-9);
    }
}

TEST(VesselWall, WidensByPercentWithinASecondOfEndfootCalciumAndComesBack) {
    const WallParameters p;
    VesselWall wall(p, 5, 0.08);
    for (int i = 0; i < 1000; ++i) wall.advance(0.6, 1);
    const double after = wall.radius();
    for (int i = 0; i < 60000; ++i) wall.advance(0.08, 1);

    EXPECT_GT(after, 1.02 * 5);
    EXPECT_LT(after, 1.5 * 5);
    EXPECT_NEAR(wall.radius(), 5, 0.01);
}

TEST(VesselWall, RefusesAVesselWithoutRadius) {
    EXPECT_THROW(VesselWall(WallParameters{}, 0.0, 0.08), UserError);
}

TEST(Calcium, RestsWithoutGlutamateAndRisesWithIt) {
    const CalciumParameters p;
    const CalciumState rest = resting_calcium(p, 0);
    CalciumState still = rest, driven = rest;
    double peak = 0;
    for (int i = 0; i < 3000; ++i) {
        still = advance_calcium(p, 0, still, 1);
        driven = advance_calcium(p, 10, driven, 1);
        peak = std::max(peak, driven.ca);
    }

    EXPECT_NEAR(still.ca, rest.ca, 1e-6);
    EXPECT_GT(rest.ca, 0.02);
    EXPECT_LT(rest.ca, 0.15);
    EXPECT_GT(peak, 0.3);
}

TEST(Astrocytes, NothingMovesWithoutGlutamate) {
    Glia g = one_astrocyte(4);
    for (int i = 0; i < 1000; ++i) g.astrocytes.advance(g.engine->nodes);

    EXPECT_NEAR(g.astrocytes.walls()[0].radius(), 4, 1e-6);
}

TEST(Astrocytes, GlutamateWidensTheVesselWithinAboutASecond) {
    Glia g = one_astrocyte(4);
    std::fill(g.astrocytes.glutamate.begin(), g.astrocytes.glutamate.end(), 0.01);  // mM
    for (int i = 0; i < 1500; ++i) g.astrocytes.advance(g.engine->nodes);

    EXPECT_GT(g.astrocytes.walls()[0].radius(), 1.01 * 4);
}

TEST(Astrocytes, EventsAtAContactRaiseCalciumThere) {
    Glia g = one_astrocyte(4);
    const int node = 1;
    const double before = g.astrocytes.calcium(node);
    double peak = 0;
    for (int i = 0; i < 3000; ++i) {
        if (i % 10 == 0) g.astrocytes.contact(node, 1.0);  // 100 Hz at a compartment that several synapses touch
        g.astrocytes.advance(g.engine->nodes);
        peak = std::max(peak, g.astrocytes.calcium(node));
    }

    EXPECT_GT(peak, 2 * before);
}

}  // namespace ngv::neuron
