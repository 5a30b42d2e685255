// Phase separation at a bifurcation, and red cells in whole networks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "solvers/flow/network/csv_table.hpp"
#include "tests/unit/flow/networks.hpp"
#include "tests/unit/reference.hpp"

namespace ngv::flow::test {
namespace {

TEST(PhaseSeparation, SymmetricBifurcationDividesCellsEvenly) {
    for (const auto law : {PhaseSeparation::pries_secomb_2005, PhaseSeparation::pries_1989, PhaseSeparation::kinetic})
        EXPECT_NEAR(red_cell_fraction(PhaseSeparation::pries_secomb_2005, {1.0, 0.4, 10.0}, 7.0, 7.0, 0.5), 0.5, 1e-15)
            << static_cast<int>(law);
}

TEST(PhaseSeparation, SlowBranchGetsPlasmaAlone) {
    // x0 = 0.964 (1 - 0.45) / 8 = 0.0663 at 2005's law, 0.4 / 8 = 0.05 at 1989's
    const Feed feed{1.0, 0.45, 8.0};

    EXPECT_EQ(red_cell_fraction(PhaseSeparation::pries_secomb_2005, feed, 5.0, 8.0, 0.066), 0.0);
    EXPECT_GT(red_cell_fraction(PhaseSeparation::pries_secomb_2005, feed, 5.0, 8.0, 0.067), 0.0);
    EXPECT_EQ(red_cell_fraction(PhaseSeparation::pries_1989, feed, 5.0, 8.0, 0.0499), 0.0);
    EXPECT_EQ(red_cell_fraction(PhaseSeparation::pries_1989, feed, 5.0, 8.0, 0.9501), 1.0);
}

TEST(PhaseSeparation, KineticSkimmingFollowsTheAreas) {
    const std::array<double, 2> flow{0.3, 0.7}, diameter{5.0, 8.0};
    std::array<double, 2> h{};

    separate(PhaseSeparation::kinetic, {1.0, 0.4, 10.0}, flow, diameter, h);

    EXPECT_NEAR(h[1] / h[0], std::pow(8.0 / 5.0, 2.0 / 5.25), 1e-14);
    EXPECT_NEAR(0.3 * h[0] + 0.7 * h[1], 0.4, 1e-15);
}

TEST(PhaseSeparation, ManyBranchesShareAllCells) {
    const std::array<double, 4> flow{0.1, 0.4, 0.3, 0.2}, diameter{4.0, 7.0, 6.0, 3.0};
    for (const auto law : {PhaseSeparation::none, PhaseSeparation::pries_secomb_2005, PhaseSeparation::pries_1989,
                           PhaseSeparation::kinetic}) {
        std::array<double, 4> h{};

        separate(law, {1.0, 0.45, 9.0}, flow, diameter, h);

        double cells = 0;
        for (int i = 0; i < 4; ++i) cells += flow[i] * h[i];
        EXPECT_NEAR(cells, 0.45, 1e-15);
    }
}

TEST(PhaseSeparation, NoBranchHoldsMoreThanPackedCells) {
    const std::array<double, 2> flow{0.5, 0.5}, diameter{2.0, 9.0};
    std::array<double, 2> h{};

    separate(PhaseSeparation::pries_secomb_2005, {1.0, 0.8, 9.0}, flow, diameter, h);

    EXPECT_LE(std::max(h[0], h[1]), 0.99);
    EXPECT_NEAR(0.5 * (h[0] + h[1]), 0.8, 1e-15);
}

TEST(PhaseSeparation, AgreesWithTheReferenceTable) {
    NGV_REFERENCE_OR_SKIP(file, "flow/phase_separation_table.csv");
    const CsvTable table(file);
    for (std::size_t row = 0; row < table.rows(); ++row) {
        const Feed feed{1.0, table.number(row, "HD_feed"), table.number(row, "D_feed")};
        const double b = table.number(row, "FQ_B");
        const std::array<double, 2> d{table.number(row, "D_alpha"), table.number(row, "D_beta")}, flow{b, 1 - b};
        std::array<double, 2> h{};

        separate(PhaseSeparation::pries_secomb_2005, feed, flow, d, h);

        EXPECT_NEAR(red_cell_fraction(PhaseSeparation::pries_secomb_2005, feed, d[0], d[1], b),
                    table.number(row, "FQ_E"), 1e-12);
        const double alpha = table.number(row, "HD_alpha"), beta = table.number(row, "HD_beta");
        if (std::max(alpha, beta) > 0.99) continue;  // the formula without the bound of packed cells
        EXPECT_NEAR(h[0], alpha, 1e-12);
        EXPECT_NEAR(h[1], beta, 1e-12);
    }
    EXPECT_GT(table.rows(), 20u);
}

TEST(Fahraeus, DischargeIsTheInverseOfTube) {
    for (const auto law : {Fahraeus::pries_1992, Fahraeus::pries_secomb_2005})
        for (const double d : {2.0, 4.0, 10.0, 60.0, 2000.0})
            for (const double h : {0.0, 0.1, 0.45, 0.8})
                EXPECT_NEAR(discharge_of(law, d, h * tube_ratio(law, d, h)), h, 1e-14);
}

FlowOptions with_cells() {
    FlowOptions options;
    options.boundary = driven_by_types();
    options.hematocrit.law = PhaseSeparation::pries_secomb_2005;
    return options;
}

TEST(Hematocrit, CellsAreConservedAtEveryJunction) {
    for (const auto law : {PhaseSeparation::pries_secomb_2005, PhaseSeparation::pries_1989, PhaseSeparation::kinetic}) {
        auto options = with_cells();
        options.hematocrit.law = law;
        FlowModel model(world(), share(world(), lattice(6)), options);

        const auto info = model.solve(0.0);

        EXPECT_LE(info.imbalance, 1e-12);
        const auto& graph = model.graph();
        std::vector<double> missing(graph.num_junctions(), 0.0), through(graph.num_junctions(), 0.0);
        for (std::size_t i = 0; i < graph.num_vessels(); ++i) {
            const double cells = model.flow()[i] * model.hematocrit()[i];
            missing[graph.ends()[i][0]] -= cells;
            missing[graph.ends()[i][1]] += cells;
            for (const auto j : graph.ends()[i]) through[j] += std::abs(cells);
        }
        graph.junctions().combine(missing, Combine::sum);
        graph.junctions().combine(through, Combine::sum);
        for (std::size_t j = 0; j < graph.num_junctions(); ++j)
            EXPECT_TRUE(graph.is_leaf(j) || std::abs(missing[j]) <= 1e-12 * through[j]) << graph.junction_id()[j];
        EXPECT_LE(model.hematocrit_info().imbalance, 1e-12);
        EXPECT_TRUE(model.hematocrit_info().converged) << model.hematocrit_info().change;
    }
}

TEST(Hematocrit, SearchThatDoesNotEndSaysSoAndNamesAVessel) {
    auto options = with_cells();
    options.hematocrit.most_sweeps = 2;
    FlowModel model(world(), share(world(), lattice(6)), options);

    model.solve(0.0);

    EXPECT_FALSE(model.hematocrit_info().converged);
    EXPECT_GT(model.hematocrit_info().change, 1e-3);
    EXPECT_GE(model.hematocrit_info().vessel, 0);
    EXPECT_LE(model.hematocrit_info().imbalance, 1e-12);  // no cell is lost all the same
}

// The steady state belongs to the radii: how fast they came about does not matter.
TEST(Hematocrit, DisplacedBloodDoesNotChangeTheSteadyState) {
    auto options = with_cells();
    FlowModel slow(world(), share(world(), lattice(5)), options);
    FlowModel fast(world(), share(world(), lattice(5)), options);
    for (auto* model : {&slow, &fast}) {
        model->solve(0.0);
        const auto& v = model->graph().vessels();
        std::vector<double> radius;
        std::vector<std::uint8_t> covered;
        for (std::size_t i = 0; i < v.size(); ++i)
            radius.push_back(1.1 * v.radius[i]), covered.push_back(v.id[i] % 3 == 0);
        model->set_endfoot_radius(radius, covered);
        model->solve(model == &slow ? 1e9 : 100.0);
    }

    const auto a = gathered(slow, slow.hematocrit()), b = gathered(fast, fast.hematocrit());
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_EQ(a[i], b[i]);
    EXPECT_TRUE(fast.hematocrit_info().converged);
    EXPECT_NE(gathered(slow, slow.flow())[0], gathered(fast, fast.flow())[0]);
}

TEST(Hematocrit, AnswerDoesNotDependOnTheNumberOfRanks) {
    auto options = with_cells();
    options.hematocrit.tolerance = 1e-12;
    FlowModel together(world(), share(world(), lattice(6)), options);
    FlowModel alone(MPI_COMM_SELF, share(MPI_COMM_SELF, lattice(6)), options);

    together.solve(0.0);
    alone.solve(0.0);

    const auto a = gathered(together, together.hematocrit()), b = gathered(alone, alone.hematocrit());
    const auto p = gathered(together, together.flow()), q = gathered(alone, alone.flow());
    for (std::size_t i = 0; i < a.size(); ++i) {
        EXPECT_NEAR(a[i], b[i], 1e-10);
        EXPECT_NEAR(p[i], q[i], 1e-10 * alone.total_flow());
    }
}

// Pries' mesentery network of 546 vessels, with NetFlow's constant of 1333 dyn/cm2 per mmHg.
class Mesentery : public testing::Test {
  protected:
    void SetUp() override {
        NGV_REFERENCE_OR_SKIP(folder, "flow/D_mesentery546");
        nodes.emplace(folder / "nodes.csv"), segments.emplace(folder / "segments.csv");
        const CsvTable boundary(folder / "boundary.csv");
        options.blood.plasma_viscosity = 1.0466e-3;
        options.blood.red_cell_volume = 55;
        options.tissue.volume = 1;
        for (std::size_t row = 0; row < boundary.rows(); ++row) {
            const auto node = boundary.integer(row, "node");
            auto& value = options.boundary.by_junction[node];
            const double given = boundary.number(row, "value");
            const bool pressure = boundary.integer(row, "bctype(0=pressure_mmHg,2=flow_nl_min)") == 0;
            value = {pressure ? Condition::pressure : Condition::flow, given * (pressure ? 133.3 : nl_per_min)};
            value.hematocrit = boundary.number(row, "HD");
        }
        std::map<std::int64_t, std::size_t> row_of;
        for (std::size_t row = 0; row < nodes->rows(); ++row) row_of[nodes->integer(row, "node")] = row;
        int rank = 0, size = 1;
        MPI_Comm_rank(world(), &rank);
        MPI_Comm_size(world(), &size);
        for (std::size_t row = rank; row < segments->rows(); row += size) {
            vessels.id.push_back(static_cast<std::int64_t>(row));
            vessels.start_node.push_back(segments->integer(row, "from"));
            vessels.end_node.push_back(segments->integer(row, "to"));
            for (const auto n : {vessels.start_node.back(), vessels.end_node.back()})
                for (const char* axis : {"x", "y", "z"}) vessels.ends.push_back(nodes->number(row_of.at(n), axis));
            vessels.radius.push_back(0.5 * segments->number(row, "diameter_um"));
            vessels.length.push_back(segments->number(row, "length_um"));
            vessels.type.push_back(VesselType::unknown);
        }
    }

    double worst(const FlowModel& model, std::span<const double> values, const std::string& column, double unit) {
        const auto all = gathered(model, values);
        double result = 0;
        for (std::size_t row = 0; row < segments->rows(); ++row)
            result = std::max(result, std::abs(all[row] / unit - segments->number(row, column)));
        return result;
    }

    static constexpr double nl_per_min = 1e6 / 60;  // um3/s
    std::optional<CsvTable> nodes, segments;
    Vessels vessels;
    FlowOptions options;
};

TEST_F(Mesentery, LinearFlowsAreThoseOfTheExactSolution) {
    options.blood.law = ViscosityLaw::newtonian;
    options.blood.plasma_viscosity = 3e-3;
    FlowModel model(world(), vessels, options);

    model.solve(0.0);

    EXPECT_LE(worst(model, model.flow(), "q_linear_3cP_nl_min", nl_per_min) / 722.699405, 1e-11);
    std::map<std::int64_t, double> exact;
    for (std::size_t row = 0; row < nodes->rows(); ++row)
        exact[nodes->integer(row, "node")] = nodes->number(row, "p_linear_3cP_mmHg");
    for (std::size_t j = 0; j < model.graph().num_junctions(); ++j)
        EXPECT_NEAR(model.pressures().pressure()[j] / 133.3, exact.at(model.graph().junction_id()[j]), 1e-11 * 76.5);
}

TEST_F(Mesentery, FlowsAndHematocritsAreThoseOfTheConvergedSolution) {
    options.hematocrit.law = PhaseSeparation::pries_secomb_2005;
    options.hematocrit.tolerance = 1e-10;
    FlowModel model(world(), vessels, options);

    model.solve(0.0);

    EXPECT_TRUE(model.hematocrit_info().converged);
    EXPECT_LE(worst(model, model.flow(), "q_pries94_nl_min", nl_per_min), 1e-6);
    EXPECT_LE(worst(model, model.hematocrit(), "HD_pries94", 1.0), 1e-8);
    RecordProperty("sweeps", model.hematocrit_info().sweeps);
    if (model.hematocrit_info().imbalance > 1e-12) ADD_FAILURE() << model.hematocrit_info().imbalance;
}

// Three by three hexagons at a tube hematocrit of 0.3, between 2 and 1 Pa.
class Honeycomb : public testing::TestWithParam<std::tuple<const char*, ViscosityLaw, Fahraeus>> {};

TEST_P(Honeycomb, FlowsPressuresAndHematocritsAreThoseOfMicroBlooM) {
    const auto [name, law, fahraeus] = GetParam();
    NGV_REFERENCE_OR_SKIP(folder, std::string("flow/H_honeycomb/") + name);
    const CsvTable nodes(folder / "nodes.csv"), edges(folder / "edges.csv");
    std::vector<Pipe> pipes;
    for (std::size_t row = 0; row < edges.rows(); ++row)
        pipes.push_back({edges.integer(row, "v1"), edges.integer(row, "v2"), 0.5e6 * edges.number(row, "diameter_m"),
                         1e6 * edges.number(row, "length_m")});
    FlowOptions options;
    options.blood.law = law;
    options.tube_hematocrit = law == ViscosityLaw::newtonian ? 0.0 : 0.3;
    options.fahraeus = fahraeus;
    options.tissue.volume = 1;
    give_pressure(options, 0, 2.0);
    give_pressure(options, 27, 1.0);
    FlowModel model(world(), share(world(), pipes), options);

    model.solve(0.0);

    const auto flow = gathered(model, model.flow()), h = gathered(model, model.hematocrit());
    double largest = 0;
    for (std::size_t row = 0; row < edges.rows(); ++row)
        largest = std::max(largest, std::abs(edges.number(row, "q_m3_s")));
    for (std::size_t row = 0; row < edges.rows(); ++row) {
        EXPECT_NEAR(1e-18 * flow[row] / largest, edges.number(row, "q_m3_s") / largest, 1e-10) << row;
        EXPECT_NEAR(h[row], edges.number(row, "hd"), 1e-10);
    }
    for (std::size_t n = 0; n < nodes.rows(); ++n)
        EXPECT_NEAR(pressure_at(model, static_cast<std::int64_t>(n)), nodes.number(n, "p_Pa"), 1e-10);
}

INSTANTIATE_TEST_SUITE_P(Laws, Honeycomb,
                         testing::Values(std::tuple{"newtonian", ViscosityLaw::newtonian, Fahraeus::pries_1992},
                                         std::tuple{"pries_1992_ht0.3", ViscosityLaw::pries_in_vitro_1992,
                                                    Fahraeus::pries_1992},
                                         std::tuple{"pries_secomb_2005_ht0.3", ViscosityLaw::pries_in_vitro_1992,
                                                    Fahraeus::pries_secomb_2005}));

}  // namespace
}  // namespace ngv::flow::test
