// Conditions at the ends: resistances, depth, AstroVascPy's entries; and what must not depend on where sections end.
#include <gtest/gtest.h>

#include <cmath>

#include "solvers/flow/network/csv_table.hpp"
#include "solvers/flow/network/read_network.hpp"
#include "tests/unit/flow/networks.hpp"
#include "tests/unit/reference.hpp"

namespace ngv::flow::test {
namespace {

TEST(Boundary, ResistanceAtAnEndIsOneMoreVesselInTheRow) {
    auto options = newtonian();
    give_pressure(options, 0, 1000.0);
    const double beyond = 3.0 / poiseuille(5, 100);
    options.boundary.by_junction[1] = {.condition = Condition::resistance, .value = 200.0, .resistance = beyond};
    FlowModel model(world(), share(world(), {{0, 1, 5, 100}}), options);

    model.solve(0.0);

    const double q = 800.0 / (1 / poiseuille(5, 100) + beyond);
    EXPECT_NEAR(gathered(model, model.flow())[0] / q, 1.0, 1e-13);
    EXPECT_NEAR(pressure_at(model, 1), 200.0 + beyond * q, 1e-10);
    EXPECT_NEAR(model.total_flow() / q, 1.0, 1e-13);
}

TEST(Boundary, PressureMayChangeWithDepth) {
    auto options = newtonian();
    options.boundary.axis = 2;
    options.boundary.by_type["arteriole"] = {.condition = Condition::pressure, .value = 5000.0, .per_depth = -2.0};
    auto vessels = share(world(), {{0, 1, 5, 100, VesselType::arteriole}});
    FlowModel model(world(), vessels, options);

    model.solve(0.0);

    // The helix of the tests: junction n lies at z = 7 n, so junction 1 is the surface.
    EXPECT_NEAR(pressure_at(model, 1), 5000.0, 1e-12);
    EXPECT_NEAR(pressure_at(model, 0), 5000.0 - 2.0 * 7.0, 1e-10);
}

// A flow of zero given at a junction inside a row ends a section there, and changes nothing else.
TEST(Boundary, WhereSectionsEndDoesNotMatter) {
    std::vector<Pipe> pipes;
    std::int64_t inner = 10'000'000;
    for (const auto& p : lattice(4)) {
        pipes.push_back({p.a, inner, p.radius, 0.4 * p.length, p.type});
        pipes.push_back({inner + 1, inner, 1.1 * p.radius, 0.3 * p.length, p.type});
        pipes.push_back({inner + 1, p.b, 0.9 * p.radius, 0.3 * p.length, p.type});
        inner += 2;
    }
    FlowOptions options;
    options.boundary = driven_by_types();
    FlowModel reduced(world(), share(world(), pipes), options);
    for (std::int64_t j = 10'000'000; j < inner; ++j)
        options.boundary.by_junction[j] = {.condition = Condition::flow, .value = 0.0};
    FlowModel whole(world(), share(world(), pipes), options);

    reduced.solve(0.0);
    whole.solve(0.0);

    const auto a = gathered(reduced, reduced.flow()), b = gathered(whole, whole.flow());
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i] / b[i], 1.0, 1e-10);
    const auto p = gathered(reduced, reduced.pressure()), q = gathered(whole, whole.pressure());
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(p[i] / q[i], 1.0, 1e-12);
}

TEST(Boundary, DeadEndsCarryNothing) {
    auto pipes = lattice(3);
    const auto count = pipes.size();
    pipes.push_back({5, 500, 4, 30});
    pipes.push_back({500, 501, 4, 30});
    pipes.push_back({500, 502, 4, 30});
    FlowOptions options;
    options.boundary = driven_by_types();
    FlowModel model(world(), share(world(), pipes), options);

    model.solve(0.0);

    const auto flow = gathered(model, model.flow());
    for (auto i = count; i < pipes.size(); ++i) EXPECT_EQ(flow[i], 0.0);
    EXPECT_NEAR(pressure_at(model, 501), pressure_at(model, 5), 1e-12);
}

TEST(Entries, WidestEndsNearTheFaceLetBloodInAndAllOthersLetItOut) {
    auto options = newtonian();
    options.boundary.entries = EntryRule{.axis = 2, .depth = 0.3, .count = 1, .speed = 100.0};
    // Ends 0, 8, 9 and 10; the helix of the tests puts junction n at z = 7 n.
    FlowModel model(world(), share(world(), {{0, 1, 2, 50}, {1, 8, 3, 50}, {1, 9, 5, 50}, {1, 10, 4, 50}}), options);

    model.solve(0.0);

    const double inflow = 100.0 * M_PI * 25.0;
    const auto flow = gathered(model, model.flow());
    EXPECT_NEAR(model.total_flow() / inflow, 1.0, 1e-13);
    EXPECT_NEAR(flow[2] / -inflow, 1.0, 1e-13);
    EXPECT_NEAR(flow[1] / (inflow * 9.0 / 29.0), 1.0, 1e-12);
    EXPECT_NEAR(flow[0] / (-inflow * 4.0 / 29.0), 1.0, 1e-12);
}

// A network whose pressures and shear are near the targets: the estimate finds flow directions and about the pressures.
TEST(Estimate, UnknownEndsOfANetworkAreFound) {
    auto options = newtonian();
    const double pascal = pascal_per_mmHg;
    give_pressure(options, -1, 40 * pascal);
    give_pressure(options, 1'000'000, 20 * pascal);
    FlowModel truth(world(), share(world(), lattice(4)), options);
    truth.solve(0.0);
    options.boundary.by_junction.clear();
    give_pressure(options, -1, 40 * pascal);
    options.estimate = EstimateTargets{.pressure = 30 * pascal, .wall_shear = 3.0};
    FlowModel guess(world(), share(world(), lattice(4)), options);

    guess.solve(0.0);

    EXPECT_NEAR(pressure_at(guess, -1), 40 * pascal, 1e-6);
    const auto q = gathered(truth, truth.flow()), p = gathered(guess, guess.flow());
    std::size_t same = 0;
    for (std::size_t i = 0; i < q.size(); ++i) same += q[i] * p[i] > 0;
    EXPECT_EQ(same, q.size());  // one end alone is unknown, so the directions are all right or all wrong
    EXPECT_LT(pressure_at(guess, 1'000'000), 40 * pascal);
    EXPECT_GT(pressure_at(guess, 1'000'000), 0.0);
}

TEST(Estimate, KnownEndsAreKept) {
    auto options = newtonian();
    give_pressure(options, 0, 4000.0);
    give_flow(options, 2, -3e5);
    options.estimate = EstimateTargets{};
    FlowModel model(world(), share(world(), {{0, 1, 5, 100}, {1, 2, 4, 50}, {1, 3, 4, 80}}), options);

    model.solve(0.0);

    const auto q = gathered(model, model.flow());
    EXPECT_NEAR(q[1] / 3e5, 1.0, 1e-12);
    EXPECT_NEAR(q[0] - q[1] - q[2], 0.0, 1e-6);
    EXPECT_NEAR(pressure_at(model, 0), 4000.0, 1e-9);
    EXPECT_GT(std::abs(q[2]), 0.0);
}

TEST(Entries, AreThoseOfAstroVascPyOnItsToyNetwork) {
    NGV_REFERENCE_OR_SKIP(folder, "flow/A_toy_static");
    FlowOptions options;
    options.blood.law = ViscosityLaw::astrovascpy;
    options.boundary.entries = EntryRule{};
    options.boundary.base_pressure = 1.33;
    options.tissue.volume = 1;
    FlowModel model(world(), read_csv(world(), folder / "nodes.csv", folder / "edges.csv"), options);

    model.solve(0.0);

    EXPECT_NEAR(model.total_flow() / 5153980.0160, 1.0, 1e-6);  // diameters are kept in single precision
    for (const auto& port : model.boundary().ports()) {
        const auto id = model.graph().junction_id()[port.junction];
        EXPECT_EQ(port.share < 0, id == 123 || id == 144 || id == 499) << id;
    }
}

}  // namespace
}  // namespace ngv::flow::test
