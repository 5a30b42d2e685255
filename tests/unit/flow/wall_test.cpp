// Radii that move by themselves: noise, elastic walls, muscle; and the blood that moving walls displace.
#include <gtest/gtest.h>

#include <cmath>

#include "solvers/common/hdf5.hpp"
#include "solvers/flow/network/csv_table.hpp"
#include "solvers/flow/network/read_network.hpp"
#include "solvers/flow/regulation/ornstein_uhlenbeck.hpp"
#include "tests/unit/flow/networks.hpp"
#include "tests/unit/reference.hpp"

namespace ngv::flow::test {
namespace {

TEST(RadiusNoise, CalibrationIsTheClosedForm) {
    EXPECT_NEAR(first_passage(2.8) / 25.5725485452654, 1.0, 1e-13);
    // Small c: G = c^2/2 + c^4/12 + ...
    EXPECT_NEAR(first_passage(1e-3) / (0.5e-6 + 1e-12 / 12), 1.0, 1e-13);
    const OrnsteinUhlenbeck capillary({1.38, 2.7, 2.8}, 0.01);
    EXPECT_NEAR(capillary.kappa(), 25.5725485452654 / 2.7, 1e-12);
}

TEST(RadiusNoise, CalibrationAgreesWithTheReferenceTable) {
    NGV_REFERENCE_OR_SKIP(file, "flow/ou_calibration_table.csv");
    const CsvTable table(file);
    for (std::size_t row = 0; row < table.rows(); ++row) {
        const RadiusNoise noise{2.0, table.number(row, "T_s"), table.number(row, "c")};
        const OrnsteinUhlenbeck process(noise, 0.01);
        EXPECT_NEAR(process.kappa() / table.number(row, "kappa_exact=G/T"), 1.0, 1e-12);
        EXPECT_NEAR(process.sigma(1.0) / table.number(row, "sigma_exact(xmax=1)"), 1.0, 1e-12);
    }
}

// 20 000 samples of |normal|: the mean has a standard error of 0.6 / sqrt(20000) = 0.4 %; 2 % is five of them.
TEST(RadiusNoise, StationaryMeanIsThatOfAReflectedProcess) {
    const OrnsteinUhlenbeck process({1.38, 2.7, 2.8}, 0.5);
    double sum = 0;
    for (std::int64_t foot = 0; foot < 20'000; ++foot) {
        double x = 0;
        for (int step = 0; step < 3; ++step) x = process.next(x, 2.5, 7, foot, step);
        sum += x;
    }

    EXPECT_NEAR(sum / 20'000 / (2.5 * 0.38 / 2.8 * std::sqrt(2 / M_PI)), 1.0, 0.02);
}

// Watched every dt, a level seems 0.5826 sigma sqrt(dt) further away (Broadie, Glasserman & Kou 1997). 400 passages:
// their mean has a standard error of about 5 %; 20 % is four of them.
TEST(RadiusNoise, LargestRadiusIsReachedAfterTheGivenTime) {
    const double dt = 2e-3;
    const OrnsteinUhlenbeck process({1.38, 2.7, 2.8}, dt);
    double mean = 0;
    for (std::int64_t foot = 0; foot < 400; ++foot) {
        double x = 0;
        std::int64_t step = 0;
        while (x < 0.38) x = process.next(x, 1.0, 3, foot, step++);
        mean += dt * static_cast<double>(step) / 400;
    }

    const double seen = first_passage(2.8 + 0.5826 * std::sqrt(2 * process.kappa() * dt)) / process.kappa();
    EXPECT_NEAR(mean / seen, 1.0, 0.2);
}

std::vector<Pipe> row() {
    return {{0, 1, 6, 100, VesselType::arteriole}, {1, 2, 3, 50}, {2, 3, 8, 100, VesselType::venule}};
}

FlowOptions driven() {
    FlowOptions options;
    options.boundary = driven_by_types();
    options.tissue.volume = 1e6;
    return options;
}

TEST(Walls, PassiveRadiusIsThatOfAThinTube) {
    const WallOptions wall{.youngs_modulus = 3.7e5, .thickness = 0.5, .poisson_ratio = 0.5};

    // d = d0 + (p - p0) d0^2 (1 - nu^2) / (2 E h)
    EXPECT_NEAR(Walls::passive_ratio(wall, 10.0, 1000.0), 1.0 + 1000.0 * 10.0 * 0.75 / (2 * 3.7e5 * 0.5), 1e-15);
}

TEST(Walls, ElasticVesselsKeepTheirRadiusAtRestAndWidenUnderPressure) {
    auto options = driven();
    options.walls.youngs_modulus = 3.7e5;
    options.displaced_volume = false;
    FlowModel model(world(), share(world(), row()), options);
    model.solve(0.0);
    const auto rest = gathered(model, model.radius()), p = gathered(model, model.pressure());
    std::vector<double> wide(model.graph().num_vessels(), 9.0);
    std::vector<std::uint8_t> covered;
    for (const auto id : model.graph().vessels().id) covered.push_back(id == 0);

    model.set_endfoot_radius(wide, covered);
    model.solve(100.0);

    const auto radius = gathered(model, model.radius()), q = gathered(model, model.pressure());
    EXPECT_EQ(rest[1], 3.0);
    EXPECT_EQ(radius[0], 9.0);
    for (const int i : {1, 2}) {
        EXPECT_GT(q[i], p[i]);
        EXPECT_NEAR(radius[i] / rest[i], Walls::passive_ratio(options.walls, 2 * rest[i], q[i] - p[i]), 1e-8);
    }
}

TEST(Walls, MuscleNarrowsArteriolesUnderMorePressure) {
    auto options = driven();
    options.walls.myogenic_gain = 1.0;
    options.walls.myogenic_time_s = 5.0;
    options.displaced_volume = false;
    FlowModel model(world(), share(world(), row()), options);
    model.solve(0.0);
    const double p0 = gathered(model, model.pressure())[0];
    std::vector<double> narrow(model.graph().num_vessels(), 2.5);
    std::vector<std::uint8_t> covered;
    for (const auto id : model.graph().vessels().id) covered.push_back(id == 1);
    model.set_endfoot_radius(narrow, covered);  // a block downstream

    for (int step = 1; step <= 100; ++step) model.solve(1000.0 * step);

    // Gain 1: y = 2 / (1 + p / p0).
    const double p = gathered(model, model.pressure())[0];
    EXPECT_GT(p, p0);
    EXPECT_NEAR(gathered(model, model.radius())[0] / 6.0, 2.0 / (1.0 + p / p0), 1e-6);
    EXPECT_EQ(gathered(model, model.radius())[2], 8.0);  // a venule has none here
}

TEST(Growth, BloodThatGrowingVesselsTakeInIsMissingInTheOutflow) {
    FlowModel model(world(), share(world(), lattice(4)), driven());
    model.solve(0.0);
    const auto before = gathered(model, model.volume());
    const auto& v = model.graph().vessels();
    std::vector<double> radius;
    for (const double r : v.radius) radius.push_back(1.1 * r);
    model.set_endfoot_radius(radius, std::vector<std::uint8_t>(v.size(), 1));

    model.solve(200.0);

    const auto after = gathered(model, model.volume());
    double growth = 0;
    for (std::size_t i = 0; i < after.size(); ++i) growth += (after[i] - before[i]) / 0.2;
    double net = 0;
    for (const double q : model.pressures().source()) net += q;
    MPI_Allreduce(MPI_IN_PLACE, &net, 1, MPI_DOUBLE, MPI_SUM, world());
    EXPECT_GT(growth, 0.0);
    EXPECT_NEAR(net / growth, 1.0, 1e-9);
}

// Everywhere: what flows into a junction is half of the growth of its vessels.
TEST(Growth, EveryJunctionBalances) {
    FlowModel model(world(), share(world(), lattice(4)), driven());
    model.solve(0.0);
    const std::vector<double> before(model.volume().begin(), model.volume().end());
    const auto& v = model.graph().vessels();
    std::vector<double> radius;
    for (std::size_t i = 0; i < v.size(); ++i) radius.push_back(v.radius[i] * (1.0 + 0.1 * std::sin(v.id[i])));
    model.set_endfoot_radius(radius, std::vector<std::uint8_t>(v.size(), 1));

    model.solve(500.0);

    const auto& graph = model.graph();
    std::vector<double> missing(graph.num_junctions(), 0.0), through(graph.num_junctions(), 0.0);
    for (std::size_t i = 0; i < v.size(); ++i) {
        const double half = 0.5 * (model.volume()[i] - before[i]) / 0.5;
        missing[graph.ends()[i][0]] -= model.flow()[i] + half;
        missing[graph.ends()[i][1]] += model.flow()[i] - half;
        for (const auto j : graph.ends()[i]) through[j] += std::abs(model.flow()[i]);
    }
    graph.junctions().combine(missing, Combine::sum);
    graph.junctions().combine(through, Combine::sum);
    for (std::size_t j = 0; j < graph.num_junctions(); ++j) {
        if (graph.is_leaf(j)) continue;
        EXPECT_LE(std::abs(missing[j]), 1e-11 * through[j]) << graph.junction_id()[j];
    }
}

// AstroVascPy's example of radius noise: 500 steps of given radii and entry speeds.
TEST(AstroVascPySeries, AllFiveHundredStepsAgree) {
    NGV_REFERENCE_OR_SKIP(path, "flow/C_toy_OU/ou_timeseries.h5");
    const auto file = h5::File::open(path);
    const auto read = [&](const char* name) { return file.dataset(name).read<double>(); };
    const auto edges = file.dataset("edges").read<std::int64_t>();
    const auto length = read("length"), diameter = read("node_diameter"), rest = read("radius_origin");
    const auto radii = read("radii"), flows = read("flows"), pressures = read("pressures"), speed = read("entry_speed");
    const auto n = length.size(), nodes = diameter.size(), steps = flows.size() / n;
    ASSERT_EQ(steps, 500u);
    const CsvTable places(::ngv::test::reference_folder() / "flow/A_toy_static/nodes.csv");
    Vessels v;
    int rank = 0, size = 1;
    MPI_Comm_rank(world(), &rank);
    MPI_Comm_size(world(), &size);
    for (std::size_t i = rank; i < n; i += size) {
        v.id.push_back(static_cast<std::int64_t>(i));
        v.start_node.push_back(edges[2 * i]), v.end_node.push_back(edges[2 * i + 1]);
        for (int e = 0; e < 2; ++e) {
            for (const char* axis : {"x", "y", "z"}) v.ends.push_back(places.number(edges[2 * i + e], axis));
            v.end_diameter.push_back(static_cast<float>(diameter[edges[2 * i + e]]));
        }
        v.radius.push_back(rest[i]), v.length.push_back(length[i]);
        v.type.push_back(VesselType::unknown);
    }
    FlowOptions options;
    options.blood.law = ViscosityLaw::astrovascpy;
    options.boundary.entries = EntryRule{.follow_radius = true};
    options.boundary.base_pressure = 1.33;
    options.displaced_volume = false;
    options.tissue.volume = 1;
    FlowModel model(world(), v, options);

    double worst_flow = 0, worst_pressure = 0;
    for (std::size_t step = 0; step < steps; ++step) {
        const auto& ids = model.graph().vessels().id;
        std::vector<double> radius;
        for (const auto id : ids) radius.push_back(radii[step * n + id]);
        model.set_own_radius(radius);
        model.set_entry_speed(speed[step]);
        model.solve(10.0 * static_cast<double>(step));
        const auto* q = &flows[step * n];
        const auto* p = &pressures[step * nodes];
        double most = 0, highest = 0;
        for (std::size_t i = 0; i < n; ++i) most = std::max(most, std::abs(q[i]));
        for (std::size_t j = 0; j < nodes; ++j) highest = std::max(highest, p[j]);
        for (std::size_t i = 0; i < ids.size(); ++i)
            worst_flow = std::max(worst_flow, std::abs(model.flow()[i] - q[ids[i]]) / most);
        for (std::size_t j = 0; j < model.graph().num_junctions(); ++j)
            worst_pressure = std::max(
                worst_pressure,
                std::abs(model.pressures().pressure()[j] / 1000.0 - p[model.graph().junction_id()[j]]) / highest);
    }

    EXPECT_LE(worst_flow, 1e-8);
    EXPECT_LE(worst_pressure, 1e-8);
}

}  // namespace
}  // namespace ngv::flow::test
