// Channels and other networks of first order: solved exactly, beside Rosenbrock, which bounds its error.
#include "solvers/rd/kinetics/first_order.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace {

using namespace ngv::rd;

// Steps from one unknown to another, or from it to itself and another (`makes`).
Network network_of(int unknowns, const std::vector<std::array<int, 2>>& moves, bool makes = false) {
    Network network;
    for (int u = 0; u < unknowns; ++u) network.unknowns.push_back({u, Side::here});
    for (const auto& [from, to] : moves) {
        Network::Step step{.reaction = 0, .order = 1};
        step.reactants = {{from, 1}};
        if (!makes) step.changes.push_back({from, -1});
        step.changes.push_back({to, 1});
        network.steps.push_back(step);
    }
    return network;
}

// A chain of five states, each place with rates of its own that span three decades.
Rosenbrock::Batch chain(const Rosenbrock& solver) {
    auto batch = solver.batch(true);
    for (int l = 0; l < lanes; ++l) {
        for (std::size_t u = 0; u < batch.y.size(); ++u) {
            batch.y[u][l] = u == 0 ? 1.0 + l : 0.1 * static_cast<double>(u);
            batch.weight[u][l] = 1.0;
        }
        for (std::size_t j = 0; j < batch.rate.size(); ++j)
            batch.rate[j][l] = std::pow(10.0, -2.0 + 3.0 * static_cast<double>((3 * j + 5 * l) % 8) / 7.0);
    }
    return batch;
}

TEST(FirstOrder, FitsNetworksOfOneReactantAStepOnly) {
    Network network = network_of(3, {{0, 1}, {1, 2}});
    EXPECT_TRUE(FirstOrder::fits(network));
    network.steps[1].reactants[0].count = 2;
    EXPECT_FALSE(FirstOrder::fits(network));
    network.steps[1].reactants = {};
    EXPECT_FALSE(FirstOrder::fits(network)) << "what comes from nothing is not linear";
    network = network_of(3, {{0, 1}, {1, 2}});
    network.unknowns[2].side = Side::inside;
    EXPECT_FALSE(FirstOrder::fits(network)) << "volumes differ between the sides";
}

TEST(FirstOrder, AgreesWithRosenbrockAndConserves) {
    const Network network = network_of(5, {{0, 1}, {1, 0}, {1, 2}, {2, 1}, {2, 3}, {3, 2}, {3, 4}, {4, 3}});
    Rosenbrock solver(network, 1e-11);
    FirstOrder exact(network);
    const std::vector<double> scale(5, 1.0);
    for (const double dt : {0.003, 0.3, 3.0}) {
        auto a = chain(solver), b = chain(solver), start = chain(solver);

        ASSERT_EQ(solver.advance(a, dt, scale.data()), -1);
        exact.advance(b, dt);

        for (int l = 0; l < lanes; ++l) {
            double before = 0.0, after = 0.0;
            for (std::size_t u = 0; u < 5; ++u) {
                EXPECT_NEAR(b.y[u][l], a.y[u][l], 1e-9);
                EXPECT_GE(b.y[u][l], 0.0);
                before += start.y[u][l];
                after += b.y[u][l];
            }
            EXPECT_NEAR(after, before, 1e-15 * 20 * before);
            for (std::size_t j = 0; j < 8; ++j) EXPECT_NEAR(b.extent[j][l], a.extent[j][l], 1e-9);
            // The first state changed by what came minus what went.
            EXPECT_NEAR(b.y[0][l] - start.y[0][l], b.extent[1][l] - b.extent[0][l], 1e-13 * before);
        }
    }
}

TEST(FirstOrder, DecayIsTheExponentialAlsoOverManyLifetimes) {
    const Network network = network_of(2, {{0, 1}});
    Rosenbrock solver(network);
    FirstOrder exact(network);
    auto batch = solver.batch(false);
    for (int l = 0; l < lanes; ++l) {
        batch.y[0][l] = 3.0;
        batch.weight[0][l] = batch.weight[1][l] = 1.0;
        batch.rate[0][l] = 5.0 * l;  // up to 35 lifetimes; the first place stands still
    }

    exact.advance(batch, 1.0);

    for (int l = 0; l < lanes; ++l) EXPECT_NEAR(batch.y[0][l], 3.0 * std::exp(-5.0 * l), 3e-14 * std::exp(-5.0 * l));
}

TEST(FirstOrder, WhatIsHeldStaysAndGoesOnMaking) {
    const Network network = network_of(2, {{0, 1}}, true);  // A -> A + B
    Rosenbrock solver(network);
    FirstOrder exact(network);
    auto batch = solver.batch(true);
    for (int l = 0; l < lanes; ++l) {
        batch.y[0][l] = 2.0;
        batch.weight[0][l] = l % 2;  // held or not: A is not used up
        batch.weight[1][l] = 1.0;
        batch.rate[0][l] = 0.5;
    }

    exact.advance(batch, 4.0);

    for (int l = 0; l < lanes; ++l) {
        EXPECT_EQ(batch.y[0][l], 2.0);
        EXPECT_NEAR(batch.y[1][l], 4.0, 1e-14);
    }
}

TEST(FirstOrder, APlaceDoesNotDependOnItsNeighbours) {
    const Network network = network_of(5, {{0, 1}, {1, 2}, {2, 0}, {0, 3}, {3, 4}, {4, 0}, {2, 3}, {4, 1}});
    Rosenbrock solver(network);
    FirstOrder exact(network);
    auto alone = chain(solver), together = chain(solver);
    for (auto* values : {&alone.y, &alone.rate})
        for (auto& x : *values)
            for (int l = 1; l < lanes; ++l) x[l] = x[0];

    exact.advance(alone, 2.0);
    exact.advance(together, 2.0);

    for (std::size_t u = 0; u < 5; ++u) EXPECT_EQ(alone.y[u][0], together.y[u][0]);
}

}  // namespace
