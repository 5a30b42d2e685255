// Networks whose flows are known without a computer, and what must not change them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "ngv/error.hpp"
#include "tests/unit/flow/networks.hpp"

namespace ngv::flow::test {
namespace {

// Pressures are accurate to the last digits; a few roundings are left in the sums of the formulas.
constexpr double exact = 1e-13;

TEST(Flow, ChainOfPipesAddsResistances) {
    auto options = newtonian();
    give_pressure(options, 0, 1000.0);
    give_pressure(options, 3, 200.0);
    FlowModel model(world(), share(world(), {{0, 1, 5, 100}, {2, 1, 3, 50}, {2, 3, 4, 80}}), options);
    const double resistance = 1 / poiseuille(5, 100) + 1 / poiseuille(3, 50) + 1 / poiseuille(4, 80);
    const double q = 800.0 / resistance;

    model.solve(0.0);

    const auto flow = gathered(model, model.flow());
    EXPECT_NEAR(flow[0] / q, 1.0, exact);
    EXPECT_NEAR(flow[1] / q, -1.0, exact);  // this pipe points upstream
    EXPECT_NEAR(flow[2] / q, 1.0, exact);
    EXPECT_NEAR(pressure_at(model, 1), 1000.0 - q / poiseuille(5, 100), 1e-9);
    EXPECT_NEAR(model.total_flow() / q, 1.0, exact);
}

TEST(Flow, BifurcationSplitsByConductance) {
    auto options = newtonian();
    give_flow(options, 0, 1e5);
    give_pressure(options, 2, 300.0);
    give_pressure(options, 3, 300.0);
    FlowModel model(world(), share(world(), {{0, 1, 6, 50}, {1, 2, 5, 70}, {1, 3, 4, 40}}), options);
    const double a = poiseuille(5, 70), b = poiseuille(4, 40);

    model.solve(0.0);

    const auto flow = gathered(model, model.flow());
    EXPECT_NEAR(flow[1], 1e5 * a / (a + b), 1e-8);
    EXPECT_NEAR(flow[2], 1e5 * b / (a + b), 1e-8);
}

TEST(Flow, LoopSharesTheFlowBetweenItsArms) {
    auto options = newtonian();
    give_flow(options, 0, 1000.0);
    give_flow(options, 4, -1000.0);
    FlowModel model(world(), share(world(), {{0, 1}, {1, 2, 3, 100}, {2, 3, 3, 100}, {1, 3, 3, 100}, {3, 4}}), options);

    model.solve(0.0);

    const auto flow = gathered(model, model.flow());
    EXPECT_NEAR(flow[1], 1000.0 / 3, 1e-10);  // twice the length of the other arm
    EXPECT_NEAR(flow[3], 2000.0 / 3, 1e-10);
    EXPECT_EQ(model.summary().loops, 1);
}

TEST(Flow, PureFlowConditionsPutTheLowestLeafAtTheBasePressure) {
    auto options = newtonian();
    give_flow(options, 10, 1000.0);
    give_flow(options, 11, -1000.0);
    options.boundary.base_pressure = 1234.0;
    FlowModel model(world(), share(world(), {{11, 10, 4, 60}}), options);

    model.solve(0.0);

    EXPECT_NEAR(pressure_at(model, 11), 1234.0, 1e-10);
    EXPECT_NEAR(pressure_at(model, 10), 1234.0 + 1000.0 / poiseuille(4, 60), 1e-9);
}

TEST(Flow, BalancedWheatstoneBridgeCarriesNothing) {
    auto options = newtonian();
    give_pressure(options, 0, 500.0);
    give_pressure(options, 3, 0.0);
    FlowModel model(
        world(), share(world(), {{0, 1, 4, 50}, {0, 2, 4, 100}, {1, 3, 4, 30}, {2, 3, 4, 60}, {1, 2, 3, 10}}), options);

    model.solve(0.0);

    const auto flow = gathered(model, model.flow());
    EXPECT_NEAR(flow[4] / flow[0], 0.0, 1e-12);
    EXPECT_NEAR(flow[0] / flow[1], 2.0, 1e-12);
}

TEST(Flow, UnbalancedWheatstoneBridgeFollowsKirchhoff) {
    auto options = newtonian();
    give_pressure(options, 0, 1.0);
    give_pressure(options, 3, 0.0);
    const std::vector<Pipe> pipes{{0, 1, 4, 50}, {0, 2, 3, 40}, {1, 3, 2, 30}, {2, 3, 5, 60}, {1, 2, 3, 10}};
    FlowModel model(world(), share(world(), pipes), options);
    double g[5];
    for (int i = 0; i < 5; ++i) g[i] = poiseuille(pipes[i].radius, pipes[i].length);
    // (g0 + g2 + g4) p1 - g4 p2 = g0;   -g4 p1 + (g1 + g3 + g4) p2 = g1
    const double a = g[0] + g[2] + g[4], d = g[1] + g[3] + g[4], det = a * d - g[4] * g[4];
    const double p1 = (g[0] * d + g[4] * g[1]) / det, p2 = (a * g[1] + g[4] * g[0]) / det;

    model.solve(0.0);

    EXPECT_NEAR(pressure_at(model, 1), p1, 1e-13);
    EXPECT_NEAR(pressure_at(model, 2), p2, 1e-13);
    EXPECT_NEAR(gathered(model, model.flow())[4] / (g[4] * (p1 - p2)), 1.0, 1e-11);
}

TEST(Flow, ManufacturedPressuresComeBack) {
    const auto pipes = lattice(6);
    const auto pressure = [](std::int64_t node) {
        return 4000.0 + 1500.0 * std::sin(0.37 * static_cast<double>(node));
    };
    auto options = newtonian();
    for (const auto& p : pipes)
        for (const auto& [here, there] : {std::pair{p.a, p.b}, std::pair{p.b, p.a}}) {
            auto& source = options.boundary.by_junction[here];
            source.condition = Condition::flow;
            source.value += poiseuille(p.radius, p.length) * (pressure(here) - pressure(there));
        }
    give_pressure(options, -1, pressure(-1));
    for (const auto method : {LinearMethod::direct, LinearMethod::multigrid}) {
        options.pressure.method = method;
        FlowModel model(world(), share(world(), pipes), options);

        model.solve(0.0);

        for (std::size_t j = 0; j < model.graph().num_junctions(); ++j)
            EXPECT_NEAR(model.pressures().pressure()[j] / pressure(model.graph().junction_id()[j]), 1.0, 1e-12);
    }
}

FlowOptions driven_lattice() {
    FlowOptions options;
    options.boundary = driven_by_types();
    return options;
}

TEST(Flow, NothingIsLostAtAnyJunction) {
    for (const auto method : {LinearMethod::direct, LinearMethod::multigrid}) {
        auto options = driven_lattice();
        options.pressure.method = method;
        FlowModel model(world(), share(world(), lattice(7)), options);

        const auto info = model.solve(0.0);

        EXPECT_LE(info.imbalance, 1e-12);
        const auto& graph = model.graph();
        std::vector<double> missing(graph.num_junctions(), 0.0), through(graph.num_junctions(), 0.0);
        for (std::size_t i = 0; i < graph.num_vessels(); ++i) {
            missing[graph.ends()[i][0]] -= model.flow()[i];
            missing[graph.ends()[i][1]] += model.flow()[i];
            for (const auto j : graph.ends()[i]) through[j] += std::abs(model.flow()[i]);
        }
        graph.junctions().combine(missing, Combine::sum);
        graph.junctions().combine(through, Combine::sum);
        for (std::size_t j = 0; j < graph.num_junctions(); ++j)
            EXPECT_TRUE(graph.is_leaf(j) || std::abs(missing[j]) <= 1e-12 * through[j]) << graph.junction_id()[j];
    }
}

TEST(Flow, DirectAndMultigridAgree) {
    std::vector<std::vector<double>> flows;
    for (const auto method : {LinearMethod::direct, LinearMethod::multigrid}) {
        auto options = driven_lattice();
        options.pressure.method = method;
        FlowModel model(world(), share(world(), lattice(7)), options);
        model.solve(0.0);
        flows.push_back(gathered(model, model.flow()));
    }

    const double largest = *std::max_element(flows[0].begin(), flows[0].end());
    for (std::size_t i = 0; i < flows[0].size(); ++i) EXPECT_NEAR(flows[0][i], flows[1][i], 1e-12 * largest);
}

// Recorded on one rank; the answer must be the same on any number of ranks.
TEST(Flow, AnswerDoesNotDependOnTheNumberOfRanks) {
    const auto pipes = lattice(7);
    FlowModel together(world(), share(world(), pipes), driven_lattice());
    FlowModel alone(MPI_COMM_SELF, share(MPI_COMM_SELF, pipes), driven_lattice());

    together.solve(0.0);
    alone.solve(0.0);

    const auto a = gathered(together, together.flow()), b = gathered(alone, alone.flow());
    const auto p = gathered(together, together.perfusion()), q = gathered(alone, alone.perfusion());
    for (std::size_t i = 0; i < a.size(); ++i) {
        EXPECT_NEAR(a[i] / b[i], 1.0, 1e-10) << i;
        EXPECT_NEAR(p[i] / q[i], 1.0, 1e-10) << i;
    }
}

TEST(Flow, TurningVesselsAroundTurnsTheirFlowsOnly) {
    const auto pipes = lattice(4);
    auto turned = pipes;
    for (std::size_t i = 0; i < turned.size(); i += 2) std::swap(turned[i].a, turned[i].b);
    FlowModel first(world(), share(world(), pipes), driven_lattice());
    FlowModel second(world(), share(world(), turned), driven_lattice());

    first.solve(0.0);
    second.solve(0.0);

    const auto a = gathered(first, first.flow()), b = gathered(second, second.flow());
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(b[i] / a[i], i % 2 ? 1.0 : -1.0, 1e-11);
}

TEST(Flow, OrderAndNamesOfVesselsAndJunctionsDoNotMatter) {
    const auto pipes = lattice(4);
    std::vector<std::size_t> order(pipes.size());
    std::iota(order.begin(), order.end(), 0);
    std::reverse(order.begin(), order.end());
    std::rotate(order.begin(), order.begin() + 17, order.end());
    const auto renamed = [](std::int64_t node) { return (node * 7919) % 1'000'003 + 5'000'000'000; };
    std::vector<Pipe> shuffled;
    for (const auto i : order) {
        shuffled.push_back(pipes[i]);
        shuffled.back().a = renamed(pipes[i].a);
        shuffled.back().b = renamed(pipes[i].b);
    }
    FlowModel first(world(), share(world(), pipes), driven_lattice());
    FlowModel second(world(), share(world(), shuffled), driven_lattice());

    first.solve(0.0);
    second.solve(0.0);

    const auto a = gathered(first, first.flow()), b = gathered(second, second.flow());
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(b[i] / a[order[i]], 1.0, 1e-11);
}

TEST(Flow, RadiiTimesSMakeFlowsTimesSToTheFourth) {
    auto pipes = lattice(4);
    auto options = newtonian();
    options.boundary = driven_lattice().boundary;
    FlowModel first(world(), share(world(), pipes), options);
    for (auto& pipe : pipes) pipe.radius *= 1.1;
    FlowModel second(world(), share(world(), pipes), options);

    first.solve(0.0);
    second.solve(0.0);

    const auto a = gathered(first, first.flow()), b = gathered(second, second.flow());
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(b[i] / a[i], std::pow(1.1, 4), 1e-11);
}

TEST(Flow, ComponentsWithoutConditionsAreReportedAndNotZero) {
    auto options = newtonian();
    give_pressure(options, 0, 100.0);
    give_pressure(options, 1, 0.0);
    FlowModel model(world(), share(world(), {{0, 1}, {2, 3}, {3, 4}, {4, 2}}), options);

    model.solve(0.0);

    const auto flow = gathered(model, model.flow());
    EXPECT_GT(flow[0], 0.0);
    for (int i = 1; i < 4; ++i) EXPECT_TRUE(std::isnan(flow[i]));
    EXPECT_EQ(model.summary().components, 2);
    EXPECT_EQ(model.summary().loops, 1);
    EXPECT_EQ(model.boundary().summary().unsolved_vessels, 3);
    for (const auto p : gathered(model, model.perfusion())) EXPECT_TRUE(std::isfinite(p));
}

TEST(Flow, EqualPressuresEverywhereLeaveTheBloodAtRest) {
    auto options = newtonian();
    give_pressure(options, -1, 5000.0);
    give_pressure(options, 1'000'000, 5000.0);
    FlowModel model(world(), share(world(), lattice(4)), options);

    model.solve(0.0);

    EXPECT_LT(model.total_flow(), 1e-9);
}

std::string words_of(const std::vector<Pipe>& pipes, const FlowOptions& options) {
    try {
        FlowModel model(world(), share(world(), pipes), options);
        model.solve(250.0);
    } catch (const std::exception& error) {
        return error.what();
    }
    return "";
}

TEST(FlowErrors, NoConditionNamesTheLeavesThatThereAre) {
    auto options = newtonian();
    options.boundary.by_type["artery"] = {Condition::pressure, 1.0};

    EXPECT_THAT(words_of({{0, 1, 5, 10, VesselType::arteriole}}, options),
                testing::AllOf(testing::HasSubstr("2 arteriole"), testing::HasSubstr("given for artery")));
}

TEST(FlowErrors, FlowsThatDoNotBalanceAreRefused) {
    auto options = newtonian();
    give_flow(options, 0, 100.0);
    give_flow(options, 1, -99.0);

    EXPECT_THAT(words_of({{0, 1}}, options), testing::HasSubstr("add up to 1 um3/s"));
}

TEST(FlowErrors, UnknownTypeAndJunctionAreNamed) {
    auto options = newtonian();
    options.boundary.by_type["arteriol"] = {Condition::pressure, 1.0};
    EXPECT_THAT(words_of({{0, 1}}, options), testing::HasSubstr("did you mean 'arteriole'"));

    options = newtonian();
    give_pressure(options, 77, 1.0);
    EXPECT_THAT(words_of({{0, 1}}, options), testing::HasSubstr("no junction 77"));
}

TEST(FlowErrors, VesselTooThinForTheLawInVivoIsNamed) {
    auto options = driven_lattice();

    EXPECT_THAT(
        words_of({{0, 1, 5, 10, VesselType::arteriole}, {1, 2, 0.5, 10}, {2, 3, 5, 10, VesselType::venule}}, options),
        testing::AllOf(testing::HasSubstr("vessel 1 "), testing::HasSubstr("smallest_diameter")));
    options.blood.smallest_diameter = 3.0;
    EXPECT_EQ(
        words_of({{0, 1, 5, 10, VesselType::arteriole}, {1, 2, 0.5, 10}, {2, 3, 5, 10, VesselType::venule}}, options),
        "");
}

TEST(FlowErrors, VesselsWithoutLengthAreNamed) {
    EXPECT_THAT(words_of({{0, 1}, {1, 2, 5, 0}}, newtonian()), testing::HasSubstr("vessel 1: has no length"));
}

}  // namespace
}  // namespace ngv::flow::test
