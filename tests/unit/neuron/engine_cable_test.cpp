// The cable equation against analytic solutions.
#include <gtest/gtest.h>

#include <cmath>

#include "solvers/neuron/engine/simulation.hpp"
#include "tests/unit/neuron/hand_mechanisms.hpp"
#include "tests/unit/neuron/tree_cells.hpp"

namespace ngv::neuron {

using test::TreeCell;

TEST(EngineCable, SteadyStateOfASealedCableIsTheHyperbolicCosine) {
    // V(x) = I r_inf cosh((L - x)/lambda) / sinh(L/lambda); second order in the compartment length.
    const double length = 1000, d = 2, ra = 100, g = 1e-4, amp = 0.1;
    const double lambda = 1e4 * std::sqrt(d * 1e-4 / (4 * ra * g));
    const double r_inf = ra * lambda * 1e-4 / (pi * d * d * 1e-8 / 4) * 1e-6;  // MOhm
    double error[2];
    int i = 0;
    for (int nseg : {51, 153}) {
        TreeCell cell({{length, d, nseg, ra}}, false);
        cell.insert("pas", cell.nodes(0), {{"g", {g}}, {"e", {0}}});
        EngineBuilder b(
            {.dt = 1e9, .v_init = 0});  // one step of implicit Euler over a very long time is the steady state
        b.add_catalogue(test::hand_mechanisms());
        b.add_cell(0, cell.share());
        b.add_current_clamp(0, 0, Waveform::box(0, 1e300, amp));
        auto s = b.build(MPI_COMM_SELF);
        s->initialise();
        s->advance(1);
        error[i] = 0;
        for (int k = 1; k < nseg; ++k) {
            const double x = (k + 0.5) * length / nseg;
            const double exact = amp * r_inf * std::cosh((length - x) / lambda) / std::sinh(length / lambda);
            error[i] = std::max(error[i], std::abs(*s->address({.gid = 0, .node = k}) / exact - 1));
        }
        ++i;
    }

    EXPECT_LT(error[1], 2e-5);
    EXPECT_NEAR(std::log(error[0] / error[1]) / std::log(3.0), 2, 0.25);
}

TEST(EngineCable, AnIsopotentialCellDecaysExponentiallyInTheOrderOfTheScheme) {
    for (int order : {0, 1}) {
        double error[2];
        int i = 0;
        for (double dt : {0.1, 0.05}) {
            TreeCell cell({{20, 20, 1, 100}}, false);
            cell.insert("pas", cell.nodes(0), {{"g", {1e-4}}, {"e", {-65}}});
            EngineBuilder b({.dt = dt, .v_init = -40, .second_order = order});
            b.add_catalogue(test::hand_mechanisms());
            b.add_cell(0, cell.share());
            auto s = b.build(MPI_COMM_SELF);
            s->initialise();
            s->advance(std::llround(10 / dt));
            error[i++] = std::abs(*s->address({.gid = 0, .node = 0}) - (-65 + 25 * std::exp(-1.0)));  // tau = 10 ms
        }
        EXPECT_LT(error[1], 0.03);
        EXPECT_NEAR(std::log2(error[0] / error[1]), 1 + order, 0.05);
    }
}

TEST(EngineCable, ChargeInjectedIsChargeStoredInASealedCell) {
    TreeCell cell({{12, 12, 1, 100}, {100, 1.5, 9, 100, 0}, {80, 1, 7, 100, 1}, {60, .8, 5, 100, 1}}, false);
    EngineBuilder b({});
    b.add_cell(0, cell.share());
    b.add_current_clamp(0, 0, Waveform::box(0, 1e300, .05));
    auto s = b.build(MPI_COMM_SELF);
    s->initialise();
    s->advance(400);

    double charge = 0;  // pC: uF/cm2 um2 mV = 1e-17 C
    for (int k = 0; k < cell.blueprint.num_nodes(); ++k)
        charge += 1e-5 * cell.blueprint.area[k] * (*s->address({.gid = 0, .node = k}) + 65);
    EXPECT_NEAR(charge / (0.05 * 10), 1, 1e-12);
}

TEST(EngineCable, TheSpikeTimeConvergesWithFirstOrderInTheTimeStep) {
    std::vector<double> times;
    for (double dt : {0.02, 0.01, 0.005}) {
        TreeCell cell({{20, 20, 1, 35.4}});
        cell.insert("hh", cell.nodes(0));
        EngineBuilder b({.dt = dt, .interpolate_spikes = true});
        b.add_catalogue(test::hand_mechanisms());
        b.add_cell(0, cell.share());
        b.add_current_clamp(0, cell.at(0, .5), Waveform::box(5, 40, .1));
        b.add_detector(0, {.gid = 0, .node = cell.at(0, .5)}, 0);
        auto s = b.build(MPI_COMM_SELF);
        s->initialise();
        s->advance(std::llround(20 / dt));
        times.push_back(s->take_spikes().at(0).time);
    }
    EXPECT_NEAR(std::log2((times[0] - times[1]) / (times[1] - times[2])), 1, 0.1);
}

}  // namespace ngv::neuron
