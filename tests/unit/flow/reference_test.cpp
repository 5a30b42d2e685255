// AstroVascPy's own law and boundary flows on published networks, against solutions in extended precision ("*_exact"
// columns). The data are not part of the repository; NGV_FLOW_REFERENCE names their folder.
#include <gtest/gtest.h>

#include <algorithm>

#include "solvers/flow/network/csv_table.hpp"
#include "solvers/flow/network/read_network.hpp"
#include "tests/unit/flow/networks.hpp"

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
    const char* root = std::getenv("NGV_FLOW_REFERENCE");
    if (!root) GTEST_SKIP() << "NGV_FLOW_REFERENCE does not name the folder of reference networks";
    const auto folder = std::filesystem::path(root) / GetParam().folder;
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

}  // namespace
}  // namespace ngv::flow::test
