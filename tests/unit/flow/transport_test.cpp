// What blood carries: nothing is lost, and what is known without a computer comes out.
#include <gtest/gtest.h>

#include <numeric>

#include "solvers/flow/transport/advection.hpp"
#include "solvers/flow/transport/transit.hpp"
#include "tests/unit/flow/networks.hpp"

namespace ngv::flow::test {
namespace {

FlowOptions driven() {
    FlowOptions options;
    options.boundary = driven_by_types();
    options.tissue.volume = 1e6;
    return options;
}

double total(std::span<const double> values) {
    double sum = std::accumulate(values.begin(), values.end(), 0.0);
    MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_DOUBLE, MPI_SUM, world());
    return sum;
}

void breathe(FlowModel& model, double factor) {
    const auto& v = model.graph().vessels();
    std::vector<double> radius(v.size());
    std::vector<std::uint8_t> covered(v.size());
    for (std::size_t i = 0; i < v.size(); ++i) radius[i] = factor * v.radius[i], covered[i] = v.id[i] % 3 == 0;
    model.set_endfoot_radius(radius, covered);
}

TEST(Oxygen, PressureIsTheInverseOfConcentration) {
    const OxygenCapacity blood;
    for (const double h : {0.0, 0.1, 0.45, 0.9})
        for (const double p : {1e-3, 0.5, 10.0, 38.0, 95.0, 400.0})
            EXPECT_NEAR(blood.pressure(blood.concentration(p, h), h) / p, 1.0, 1e-10);
    EXPECT_DOUBLE_EQ(blood.saturation(38.0), 0.5);
}

TEST(Advection, TracerOfOnePipeIsTheImplicitSolution) {
    FlowModel model(world(), share(world(), {{0, 1, 5, 100, VesselType::arteriole}, {1, 2, 5, 60, VesselType::venule}}),
                    driven());
    model.solve(0.0);
    Advection tracer(model.sections(), model.pressures(), {.name = "tracer", .inflow = 2.0});
    const double q = model.total_flow(), dt = 0.01;
    const double v0 = 3.14159265358979323846 * 25 * 100, v1 = v0 * 0.6;

    tracer.step(model.blood_state(), dt);

    const auto u = gathered(model, tracer.concentration());
    const double first = dt * q * 2.0 / (v0 + dt * q);
    EXPECT_NEAR(u[0] / first, 1.0, 1e-13);
    EXPECT_NEAR(u[1] / (dt * q * first / (v1 + dt * q)), 1.0, 1e-13);
}

TEST(Advection, NothingIsLostInANetworkWhoseVesselsMove) {
    for (const auto kind : {Carried::Kind::dissolved, Carried::Kind::oxygen, Carried::Kind::red_cells}) {
        FlowModel model(world(), share(world(), lattice(5)), driven());
        model.solve(0.0);
        Advection what(model.sections(), model.pressures(),
                       {.name = "it",
                        .kind = kind,
                        .inflow = kind == Carried::Kind::oxygen      ? 95.0
                                  : kind == Carried::Kind::red_cells ? 0.4
                                                                     : 5.0,
                        .separation = PhaseSeparation::pries_secomb_2005});
        what.fill(kind == Carried::Kind::oxygen ? 40.0 : 0.3, model.blood_state());
        const double before = total(what.content());
        for (int step = 1; step <= 5; ++step) {
            breathe(model, 1.0 + 0.1 * std::sin(step));
            model.solve(50.0 * step);
            std::vector<double> taken(model.graph().num_vessels(), kind == Carried::Kind::red_cells ? 0.0 : 3.0);

            what.step(model.blood_state(), 0.05, taken);
        }

        const auto& a = what.account();
        const double after = total(what.content());
        EXPECT_NEAR((before + a.entered - a.left - a.taken) / after, 1.0, 1e-12) << static_cast<int>(kind);
        EXPECT_GT(a.entered, 0.01 * after);
        if (kind == Carried::Kind::red_cells) continue;
        const double asked = 5 * 3.0 * static_cast<double>(model.summary().vessels);
        EXPECT_NEAR((a.taken + total(what.owed())) / asked, 1.0, 1e-12);
    }
}

TEST(Advection, EqualConcentrationStaysEqualWhileVesselsMove) {
    FlowModel model(world(), share(world(), lattice(5)), driven());
    model.solve(0.0);
    Advection tracer(model.sections(), model.pressures(), {.name = "tracer", .inflow = 5.0});
    tracer.fill(5.0, model.blood_state());

    for (int step = 1; step <= 4; ++step) {
        breathe(model, 1.0 + 0.2 * std::sin(2.0 * step));
        model.solve(20.0 * step);
        tracer.step(model.blood_state(), 0.02);
    }

    for (const double u : tracer.concentration()) EXPECT_NEAR(u, 5.0, 1e-9);
}

TEST(Advection, AnswerDoesNotDependOnTheNumberOfRanks) {
    std::vector<std::vector<double>> answers;
    for (const auto comm : {world(), MPI_COMM_SELF}) {
        FlowModel model(comm, share(comm, lattice(5)), driven());
        model.solve(0.0);
        Advection oxygen(model.sections(), model.pressures(),
                         {.name = "O2", .kind = Carried::Kind::oxygen, .inflow = 95.0});
        oxygen.fill(40.0, model.blood_state());
        std::vector<double> taken(model.graph().num_vessels(), 100.0);
        for (int step = 1; step <= 3; ++step) {
            model.solve(100.0 * step);
            oxygen.step(model.blood_state(), 0.1, taken);
        }
        answers.push_back(gathered(model, oxygen.concentration()));
    }

    for (std::size_t i = 0; i < answers[0].size(); ++i) EXPECT_NEAR(answers[0][i] / answers[1][i], 1.0, 1e-10);
}

// Fick: at rest what the blood brings less what it takes away is what the tissue takes.
TEST(Advection, SteadyUptakeIsFlowTimesDifference) {
    FlowModel model(world(), share(world(), lattice(4)), driven());
    model.solve(0.0);
    Advection glucose(model.sections(), model.pressures(), {.name = "glucose", .inflow = 5.0});
    glucose.fill(5.0, model.blood_state());
    const double dt = 10.0, asked = 0.1 * 5.0 * model.total_flow() * dt / static_cast<double>(model.summary().vessels);
    std::vector<double> taken(model.graph().num_vessels(), asked);
    for (int step = 0; step < 400; ++step) glucose.step(model.blood_state(), dt, taken);
    const auto before = glucose.account();

    glucose.step(model.blood_state(), dt, taken);

    const auto after = glucose.account();
    EXPECT_NEAR((after.entered - before.entered) / (5.0 * model.total_flow() * dt), 1.0, 1e-12);
    EXPECT_NEAR(((after.entered - before.entered) - (after.left - before.left)) / (after.taken - before.taken), 1.0,
                1e-6);  // what still moves after 400 steps
}

// Cells that travel end where the steady state is. (In large networks they may go on to oscillate.)
TEST(Advection, TravellingCellsComeToTheSteadyHematocrit) {
    const std::vector<Pipe> ladder{{0, 1, 6, 100, VesselType::arteriole},
                                   {1, 2, 5, 80},
                                   {1, 3, 3, 60},
                                   {2, 4, 2.8, 50},
                                   {3, 4, 2.5, 70},
                                   {3, 5, 3, 90},
                                   {4, 5, 3.1, 40},
                                   {5, 6, 8, 100, VesselType::venule}};
    auto options = driven();
    options.hematocrit = {.law = PhaseSeparation::pries_secomb_2005, .tolerance = 1e-11};
    FlowModel steady(world(), share(world(), ladder), options);
    options.hematocrit.advected = true;
    FlowModel moving(world(), share(world(), ladder), options);
    steady.solve(0.0);

    moving.solve(0.0);
    breathe(moving, 1.3);
    for (int step = 1; step <= 50; ++step) moving.solve(5.0 * step);
    const auto moved = gathered(moving, moving.hematocrit());
    breathe(moving, 1.0);
    for (int step = 51; step <= 1000; ++step) moving.solve(5.0 * step);

    const auto a = gathered(steady, steady.hematocrit()), b = gathered(moving, moving.hematocrit());
    double away = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        EXPECT_NEAR(b[i], a[i], 1e-8) << i;
        away = std::max(away, std::abs(moved[i] - a[i]));
    }
    EXPECT_GT(away, 1e-3);
}

TEST(Transit, MeanTimeIsVolumeOverFlow) {
    FlowModel model(world(), share(world(), lattice(5)), driven());
    model.solve(0.0);

    const auto times = transit_times(model.sections(), model.pressures(), model.volume());

    EXPECT_NEAR(times.mean_s / (total(model.volume()) / model.total_flow()), 1.0, 1e-10);
    for (const double t : times.arrival_s) EXPECT_GT(t, 0.0);
}

}  // namespace
}  // namespace ngv::flow::test
