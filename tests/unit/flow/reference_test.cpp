// AstroVascPy's own law and boundary flows on published networks, against solutions in extended precision ("*_exact"
// columns). The data are not part of the repository; see tests/unit/reference.hpp.
#include <gtest/gtest.h>

#include <algorithm>

#include "solvers/common/hdf5.hpp"
#include "solvers/flow/network/csv_table.hpp"
#include "solvers/flow/network/read_network.hpp"
#include "tests/unit/flow/networks.hpp"
#include "tests/unit/reference.hpp"

namespace ngv::flow::test {
namespace {

struct Case {
    const char* folder;
    const char* flow_column;
    ViscosityLaw law;
    double base_pressure;  // Pa
};

class AstroVascPy : public testing::TestWithParam<Case> {};

TEST_P(AstroVascPy, FlowsAndPressuresAreThoseOfTheExactSolution) {
    NGV_REFERENCE_OR_SKIP(folder, std::string("flow/") + GetParam().folder);
    const CsvTable nodes(folder / "nodes.csv"), edges(folder / "edges.csv");
    FlowOptions options;
    options.blood.law = GetParam().law;
    options.blood.plasma_viscosity = 1.2e-3;
    options.boundary.base_pressure = GetParam().base_pressure;
    options.tissue.volume = 1.0;
    for (std::size_t row = 0; row < nodes.rows(); ++row)
        if (const double q = nodes.number(row, GetParam().flow_column); q != 0)
            give_flow(options, nodes.integer(row, "node"), q);
    FlowModel model(world(), read_csv(world(), folder / "nodes.csv", folder / "edges.csv"), options);

    model.solve(0.0);

    const auto flow = gathered(model, model.flow());
    double largest = 0, worst = 0;
    for (std::size_t row = 0; row < edges.rows(); ++row) {
        const double exact = edges.number(row, "flow_exact");
        largest = std::max(largest, std::abs(exact));
        if (std::isnan(flow[row])) {
            EXPECT_EQ(exact, 0.0) << "vessel " << row;
        } else {
            worst = std::max(worst, std::abs(flow[row] - exact));
        }
    }
    EXPECT_LE(worst / largest, 1e-10);
    largest = worst = 0;
    for (std::size_t j = 0; j < model.graph().num_junctions(); ++j) {
        const double pascal = model.pressures().pressure()[j];
        const double exact = 1000.0 * nodes.number(model.graph().junction_id()[j], "pressure_exact");
        largest = std::max(largest, std::abs(exact));
        if (!std::isnan(pascal)) worst = std::max(worst, std::abs(pascal - exact));
    }
    MPI_Allreduce(MPI_IN_PLACE, &largest, 1, MPI_DOUBLE, MPI_MAX, world());
    EXPECT_LE(worst / largest, 1e-11);
}

INSTANTIATE_TEST_SUITE_P(Networks, AstroVascPy,
                         testing::Values(Case{"A_toy_static", "boundary_flow", ViscosityLaw::astrovascpy, 1.33},
                                         Case{"B_capillary_loops", "boundary_flow", ViscosityLaw::astrovascpy, 1.33},
                                         Case{"B2_capillary_loops_plasma", "boundary_flow", ViscosityLaw::newtonian,
                                              1.33},
                                         Case{"B3_sonata_usecase5", "boundary_flow", ViscosityLaw::astrovascpy, 1.33},
                                         Case{"F_mesentery_astrovascpy_law", "boundary_flow_um3_s",
                                              ViscosityLaw::astrovascpy, 13.8 * 133.322}),
                         [](const auto& info) { return std::string(info.param.folder); });

// A hundred thousand vessels of a made-up cortex, one or nine between two branchings, through SciPy's direct solver.
class Synthetic : public testing::TestWithParam<const char*> {};

TEST_P(Synthetic, FlowsAndPressuresAreThoseOfSciPy) {
    NGV_REFERENCE_OR_SKIP(path, "flow/S_synthetic/" + std::string(GetParam()) + ".h5");
    const auto file = h5::File::open(path);
    const auto read = [&](const char* name) { return file.dataset(name).read<double>(); };
    const auto edges = file.dataset("input/edges").read<std::int64_t>();
    const auto points = read("input/points"), radius = read("input/radius");
    const auto given = read("output/boundary_flow_um3_s"), exact = read("output/flow_scipy_um3_s");
    const auto pressure = read("output/pressure_scipy_g_um_s2");
    Vessels v;
    int rank = 0, size = 1;
    MPI_Comm_rank(world(), &rank);
    MPI_Comm_size(world(), &size);
    const auto n = radius.size();
    for (std::size_t i = n * rank / size; i < n * (rank + 1) / size; ++i) {
        double square = 0;
        for (int e = 0; e < 2; ++e)
            for (int k = 0; k < 3; ++k) v.ends.push_back(points[3 * edges[2 * i + e] + k]);
        const double* x = &v.ends[v.ends.size() - 6];
        for (int k = 0; k < 3; ++k) square += std::pow(x[3 + k] - x[k], 2);
        v.id.push_back(static_cast<std::int64_t>(i));
        v.start_node.push_back(edges[2 * i]), v.end_node.push_back(edges[2 * i + 1]);
        v.radius.push_back(radius[i]), v.length.push_back(std::sqrt(square));
        v.type.push_back(VesselType::unknown);
    }
    FlowOptions options;
    options.blood.law = ViscosityLaw::astrovascpy;
    options.boundary.base_pressure = 1.33;
    for (std::size_t j = 0; j < given.size(); ++j)
        if (given[j] != 0) give_flow(options, static_cast<std::int64_t>(j), given[j]);
    FlowModel model(world(), v, options);

    const auto info = model.solve(0.0);

    EXPECT_LE(info.imbalance, 1e-12);
    double worst = 0, most = 0, off = 0, highest = 0;
    for (std::size_t i = 0; i < model.graph().num_vessels(); ++i) {
        const double q = exact[model.graph().vessels().id[i]];
        most = std::max(most, std::abs(q));
        worst = std::max(worst, std::isnan(model.flow()[i]) ? std::abs(q) : std::abs(model.flow()[i] - q));
    }
    for (std::size_t j = 0; j < model.graph().num_junctions(); ++j) {
        const double p = model.pressures().pressure()[j];
        if (std::isnan(p)) continue;
        highest = std::max(highest, std::abs(p));
        off = std::max(off, std::abs(p - 1000.0 * pressure[model.graph().junction_id()[j]]));
    }
    EXPECT_LE(worst / most, 1e-10);
    EXPECT_LE(off / highest, 1e-10);
}

INSTANTIATE_TEST_SUITE_P(Networks, Synthetic, testing::Values("S5k1", "S5k9"));

}  // namespace
}  // namespace ngv::flow::test