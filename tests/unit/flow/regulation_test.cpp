// What endfeet do to vessels, what vessels do for the tissue, and what the tissue takes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "ngv/error.hpp"
#include "solvers/flow/supply/supply_account.hpp"
#include "tests/unit/flow/networks.hpp"

namespace ngv::flow::test {
namespace {

constexpr double pi = 3.14159265358979323846;

// arteriole, a ladder of capillaries, venule
std::vector<Pipe> bed() {
    const auto capillary = VesselType::arterial_capillary;
    return {{0, 1, 6, 100, VesselType::arteriole},
            {1, 2, 5, 80, VesselType::arteriole},
            {1, 3, 3, 60, capillary},
            {2, 4, 2.8, 50, capillary},
            {3, 4, 2.5, 70, capillary},
            {3, 5, 3, 90, capillary},
            {4, 5, 3.1, 40, capillary},
            {5, 6, 8, 100, VesselType::venule}};
}

FlowOptions driven(double coverage = 1.0) {
    FlowOptions options;
    options.boundary = driven_by_types();
    options.tissue.volume = 3e6;
    options.endfoot_coverage = coverage;
    return options;
}

// Widens the vessels of one type by a factor.
void widen(FlowModel& model, VesselType type, double factor) {
    const auto& v = model.graph().vessels();
    std::vector<double> radius(v.size(), -1.0);  // what is not covered must not be read
    std::vector<std::uint8_t> covered(v.size(), 0);
    for (std::size_t i = 0; i < v.size(); ++i)
        if (v.type[i] == type) radius[i] = factor * v.radius[i], covered[i] = 1;
    model.set_endfoot_radius(radius, covered);
}

TEST(Regulation, WiderArteriolesRaisePerfusionBetweenPressures) {
    FlowModel model(world(), share(world(), bed()), driven());
    model.solve(0.0);
    const double at_rest = model.territories().mean_perfusion();

    widen(model, VesselType::arteriole, 1.1);
    model.solve(100.0);
    const double dilated = model.territories().mean_perfusion();
    widen(model, VesselType::arteriole, 0.9);
    model.solve(200.0);
    const double narrowed = model.territories().mean_perfusion();

    EXPECT_GT(dilated, 1.01 * at_rest);
    EXPECT_LT(narrowed, 0.99 * at_rest);
}

TEST(Regulation, WiderArteriolesLeaveAGivenFlowAsItIs) {
    auto options = driven();
    options.boundary.by_type.clear();
    give_flow(options, 0, 1e6);
    give_flow(options, 6, -1e6);
    FlowModel model(world(), share(world(), bed()), options);
    model.solve(0.0);
    const double at_rest = pressure_at(model, 0);

    widen(model, VesselType::arteriole, 1.1);
    model.solve(100.0);

    EXPECT_NEAR(model.total_flow() / 1e6, 1.0, 1e-12);
    EXPECT_LT(pressure_at(model, 0), at_rest);
}

TEST(Regulation, UncoveredVesselsReturnToTheirOwnRadius) {
    auto options = driven();
    options.displaced_volume = false;
    FlowModel model(world(), share(world(), bed()), options);
    model.solve(0.0);
    const auto before = gathered(model, model.flow());

    widen(model, VesselType::arteriole, 1.2);
    model.solve(100.0);
    widen(model, VesselType::vein, 2.0);  // there is none
    model.solve(200.0);

    const auto after = gathered(model, model.flow());
    for (std::size_t i = 0; i < before.size(); ++i) EXPECT_NEAR(after[i] / before[i], 1.0, 1e-12);
}

TEST(Regulation, VolumeFollowsTheRadius) {
    FlowModel model(world(), share(world(), bed()), driven());
    widen(model, VesselType::arteriole, 1.3);

    model.solve(0.0);

    const auto volume = gathered(model, model.volume()), radius = gathered(model, model.radius());
    const auto pipes = bed();
    for (std::size_t i = 0; i < pipes.size(); ++i) {
        const double r = (pipes[i].type == VesselType::arteriole ? 1.3 : 1.0) * pipes[i].radius;
        EXPECT_NEAR(radius[i] / r, 1.0, 1e-14);
        EXPECT_NEAR(volume[i] / (pi * r * r * pipes[i].length), 1.0, 1e-14);
    }
}

TEST(Regulation, HalfCoveredVesselIsTwoVesselsInARow) {
    FlowModel model(world(), share(world(), {{0, 1, 5, 100, VesselType::arteriole}, {1, 2, 6, 50, VesselType::venule}}),
                    driven(0.25));
    FlowModel split(world(),
                    share(world(), {{0, 9, 6, 25, VesselType::arteriole},
                                    {9, 1, 5, 75, VesselType::arterial_capillary},
                                    {1, 2, 6, 50, VesselType::venule}}),
                    driven());

    widen(model, VesselType::arteriole, 1.2);
    model.solve(0.0);
    split.solve(0.0);

    EXPECT_NEAR(model.total_flow() / split.total_flow(), 1.0, 1e-13);
    const auto whole = gathered(model, model.volume()), parts = gathered(split, split.volume());
    EXPECT_NEAR(whole[0] / (parts[0] + parts[1]), 1.0, 1e-14);
    EXPECT_NEAR(pi * std::pow(gathered(model, model.radius())[0], 2) * 100 / whole[0], 1.0, 1e-14);
}

TEST(Regulation, PerfusionOfAllTerritoriesAddsUpToTheInflow) {
    FlowModel model(world(), share(world(), bed()), driven());

    model.solve(0.0);

    const auto& territories = model.territories();
    double sums[3] = {0, 0, 0};  // served flow, territory, blood of exchange vessels
    for (std::size_t i = 0; i < model.graph().num_vessels(); ++i) {
        sums[0] += model.perfusion()[i] * territories.territory(i);
        sums[1] += territories.territory(i);
        sums[2] += model.blood_volume_fraction()[i] * territories.territory(i);
    }
    MPI_Allreduce(MPI_IN_PLACE, sums, 3, MPI_DOUBLE, MPI_SUM, world());
    EXPECT_NEAR(sums[0] / model.total_flow(), 1.0, 1e-13);
    EXPECT_NEAR(sums[1] / 3e6, 1.0, 1e-13);
    EXPECT_NEAR(sums[2] / sums[1] / territories.mean_blood_volume_fraction(), 1.0, 1e-13);
    EXPECT_EQ(territories.num_exchange(), 5);
    const auto perfusion = gathered(model, model.perfusion());
    EXPECT_NEAR(perfusion[0] / (model.total_flow() / 3e6), 1.0, 1e-13);  // an arteriole stands for the mean
}

TEST(Regulation, ThinVesselsOfUnknownTypeExchange) {
    auto pipes = bed();
    for (auto& pipe : pipes)
        if (pipe.type == VesselType::arterial_capillary) pipe.type = VesselType::unknown;
    auto options = driven();
    options.tissue.exchange_radius = 2.9;
    FlowModel model(world(), share(world(), pipes), options);

    EXPECT_EQ(model.territories().num_exchange(), 2);
}

TEST(Regulation, FlatNetworkNeedsAVolumeOfTissue) {
    auto options = driven();
    options.tissue.volume = 0;
    auto vessels = share(world(), bed());
    for (std::size_t k = 2; k < vessels.ends.size(); k += 3) vessels.ends[k] = 0.0;

    EXPECT_THROW(FlowModel(world(), vessels, options), UserError);
}

TEST(Regulation, CollapsedEndfootIsAnErrorThatNamesTheVesselAndTheTime) {
    FlowModel model(world(), share(world(), bed()), driven());
    model.solve(0.0);
    widen(model, VesselType::venule, 0.01);

    try {
        model.solve(700.0);
        FAIL();
    } catch (const PhysicsError& error) {
        EXPECT_EQ(error.element, 7);
        EXPECT_EQ(error.time_ms, 700.0);
        EXPECT_THAT(error.what(), testing::HasSubstr("vessel 7 "));
    }
}

TEST(Supply, ExtractionIsWhatWasTakenOverWhatCame) {
    FlowModel model(world(), share(world(), bed()), driven());
    model.solve(0.0);
    SupplyAccount glucose("glucose", 5.0, model.graph());
    const double brought = model.total_flow() * 5.0 * 1e-18 * 0.1;  // mol in 100 ms
    std::vector<double> taken(model.graph().num_vessels(), 0.5 * brought / 8);

    glucose.add(taken, model.component_inflow(), 100.0);
    EXPECT_NEAR(glucose.extraction(), 0.5, 1e-13);
    for (auto& x : taken) x *= 4;
    glucose.add(taken, model.component_inflow(), 100.0);

    EXPECT_NEAR(glucose.latest_extraction(), 2.0, 1e-12);
    EXPECT_EQ(glucose.latest_component(), 0);
    EXPECT_NEAR(glucose.extraction(), 1.25, 1e-12);
    EXPECT_NEAR(glucose.consumed() / (2.5 * brought), 1.0, 1e-12);
    EXPECT_EQ(glucose.consumed_without_flow(), 0.0);
}

TEST(Supply, WhatIsTakenWhereTheFlowIsUnknownIsCountedApart) {
    auto pipes = bed();
    pipes.push_back({100, 101, 3, 50, VesselType::arterial_capillary});
    FlowModel model(world(), share(world(), pipes), driven());
    model.solve(0.0);
    SupplyAccount oxygen("O2", 8.0, model.graph());
    std::vector<double> taken(model.graph().num_vessels(), 1e-18);

    oxygen.add(taken, model.component_inflow(), 100.0);

    EXPECT_NEAR(oxygen.consumed_without_flow() / 1e-18, 1.0, 1e-12);
    EXPECT_NEAR(oxygen.consumed() / 9e-18, 1.0, 1e-12);
}

}  // namespace
}  // namespace ngv::flow::test
