#include "solvers/metabolism/cells/cells.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "ngv/error.hpp"

namespace ngv::metabolism {
namespace {

const OdeSystem& coupled() {
    static const OdeSystem system(ModelFile::shipped_or_file("jolivet2015"), {.variant = "coupled"});
    return system;
}

/// Cells that use ATP at `rates` (mM/s) for `windows` windows of 100 ms.
Cells driven(const std::vector<double>& rates, int windows, CellOptions options = {}) {
    std::vector<std::int64_t> ids(rates.size());
    for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<std::int64_t>(i);
    Cells cells(coupled(), ids, std::move(options));
    for (std::size_t i = 0; i < rates.size(); ++i) {
        cells.input(coupled().input("ATP_linked"), i) = 1;
        cells.input(coupled().input("ATP_use"), i) = rates[i];
    }
    for (int w = 0; w < windows; ++w) cells.advance(0.1 * w, 0.1);
    return cells;
}

TEST(Cells, AtpFallsWithUseAndRecovers) {
    const double rest = 0.1787;  // the model's own pump at rest, mM/s
    const auto atp = coupled().state("ATP_n");
    Cells cells = driven({rest, rest + 0.3}, 100);

    EXPECT_NEAR(cells.value(atp, 0), 2.1974, 1e-3);
    EXPECT_LT(cells.value(atp, 1), 2.1974 - 0.05);

    cells.input(coupled().input("ATP_use"), 1) = rest;
    for (int w = 100; w < 1000; ++w) cells.advance(0.1 * w, 0.1);
    EXPECT_NEAR(cells.value(atp, 1), 2.1974, 0.01);
}

TEST(Cells, UseOfAtpRaisesTheUptakeOfOxygenAndGlucose) {
    const Cells cells = driven({0.1787, 0.3}, 300);

    for (const char* uptake : {"O2_uptake", "glucose_uptake"})
        EXPECT_GT(cells.value(coupled().integral(uptake), 1), cells.value(coupled().integral(uptake), 0)) << uptake;
    // At rest six molecules of oxygen go with one of glucose, if nothing leaves as lactate; here a little does.
    const double ratio =
        cells.value(coupled().integral("O2_uptake"), 0) / cells.value(coupled().integral("glucose_uptake"), 0);
    EXPECT_GT(ratio, 4.5);
    EXPECT_LT(ratio, 6.0);
}

TEST(Cells, LessPerfusionLowersOxygen) {
    Cells cells = driven({0.1787, 0.1787}, 0);
    cells.input(coupled().input("BF"), 1) = 0.006;

    for (int w = 0; w < 100; ++w) cells.advance(0.1 * w, 0.1);

    const auto o2 = coupled().state("O2_c");
    EXPECT_LT(cells.value(o2, 1), cells.value(o2, 0) - 0.5);
}

TEST(Cells, ToleranceIsKept) {
    const std::vector<double> rates{0.1787, 0.5, 0.9};
    const Cells exact = driven(rates, 50, {.rtol = 1e-10}), usual = driven(rates, 50);

    for (std::size_t i = 0; i < coupled().num_states(); ++i)
        for (std::size_t cell = 0; cell < rates.size(); ++cell)
            EXPECT_NEAR(usual.value(i, cell), exact.value(i, cell), 1e-5 * std::fabs(exact.value(i, cell)) + 1e-9)
                << coupled().integrated()[i].name;
}

TEST(Cells, AgreeWithAnIndependentIntegrator) {
    const std::vector<double> rates{0.1787, 0.5, 0.9};
    const Cells ours = driven(rates, 30, {.rtol = 1e-9}),
                theirs = driven(rates, 30, {.rtol = 1e-10, .method = "cvode"});

    // CVODE's error adds up over its steps; it is far larger than ours at these tolerances.
    for (std::size_t q = 0; q < coupled().num_states(); ++q)
        for (std::size_t i = 0; i < rates.size(); ++i)
            EXPECT_NEAR(ours.value(q, i), theirs.value(q, i), 1e-6 * std::fabs(theirs.value(q, i)) + 1e-10)
                << coupled().integrated()[q].name;
}

TEST(Cells, HaveTheSameBitsAloneAndAmongOthers) {
    std::vector<double> rates;
    for (int i = 0; i < 19; ++i) rates.push_back(0.1 + 0.04 * i);

    const Cells together = driven(rates, 20);

    for (std::size_t cell = 0; cell < rates.size(); ++cell) {
        const Cells alone = driven({rates[cell]}, 20);
        for (std::size_t i = 0; i < coupled().size(); ++i) EXPECT_EQ(alone.value(i, 0), together.value(i, cell));
    }
}

TEST(Cells, NameTheCellTheStateAndTheTimeWhenAtpRunsOut) {
    try {
        driven({0.1787, 5.0}, 100);
        FAIL() << "expected a PhysicsError";
    } catch (const PhysicsError& error) {
        EXPECT_EQ(error.element, 1);
        EXPECT_EQ(error.field, "ATP_n");
        EXPECT_GT(error.time_ms, 300);
        EXPECT_LT(error.time_ms, 10000);
        EXPECT_NE(std::string(error.what()).find("cell 1: 'ATP_n'"), std::string::npos) << error.what();
    }
}

TEST(Cells, RangesCanBeSet) {
    Cells cells(coupled(), {7}, {.ranges = {{"ATP_n", {.min = 2.19, .max = 2.2}}}});
    cells.input(coupled().input("ATP_linked"), 0) = 1;
    cells.input(coupled().input("ATP_use"), 0) = 0.5;

    EXPECT_THROW(cells.advance(0, 10), PhysicsError);
    EXPECT_EQ(cells.retries(), 3);  // smaller steps, more damping, CVODE
}

TEST(Cells, AreSetAsideByNameAndTheOthersGoOn) {
    const auto atp = coupled().state("ATP_n");
    const std::vector<double> rates{0.1787, 5.0, 0.3};

    const Cells cells = driven(rates, 100, {.set_aside_share = 0.4});
    const Cells without = driven({0.1787, 0.3}, 100);

    ASSERT_EQ(cells.set_aside().size(), 1u);
    EXPECT_EQ(cells.set_aside()[0].id, 1);
    EXPECT_NE(cells.set_aside()[0].reason.find("ATP_n"), std::string::npos);
    EXPECT_EQ(cells.set_aside()[0].values[atp], cells.value(atp, 1));  // stays as it was
    EXPECT_TRUE(cells.is_set_aside(1));
    EXPECT_EQ(cells.value(coupled().integral("O2_uptake"), 1), 0);
    EXPECT_EQ(cells.value(atp, 2), without.value(atp, 1));
}

TEST(Cells, EndTheRunWhenTooManyAreSetAside) {
    EXPECT_THROW(driven({0.1787, 5.0, 5.5}, 100, {.set_aside_share = 0.4}), PhysicsError);
}

TEST(Cells, OnlyWarnWhereARangeSaysSo) {
    const Cells cells = driven({0.5}, 50, {.ranges = {{"ATP_n", {.min = 2.19, .max = 2.2, .only_warns = true}}}});
    EXPECT_LT(cells.value(coupled().state("ATP_n"), 0), 2.19);
}

TEST(Cells, EveryMethodFindsTheSameSolution) {
    const Cells exact = driven({0.5}, 20, {.rtol = 1e-10});
    for (const auto& method : integrator_names()) {
        const Cells cells = driven({0.5}, 20, {.rtol = 1e-7, .method = method});
        for (std::size_t q = 0; q < coupled().num_states(); ++q)
            EXPECT_NEAR(cells.value(q, 0), exact.value(q, 0), 1e-4 * std::fabs(exact.value(q, 0)) + 1e-8)
                << method << ": " << coupled().integrated()[q].name;
    }
}

TEST(Cells, GoOnWithTheSameBitsFromASavedState) {
    Cells cells = driven({0.3, 0.5}, 10);
    const auto saved = cells.save();
    Cells resumed = driven({0.1, 0.1}, 0);
    resumed.restore(saved);

    cells.advance(1.0, 0.1);
    resumed.advance(1.0, 0.1);

    EXPECT_EQ(cells.save(), resumed.save());
}

TEST(Cells, ShowExpressionsByName) {
    const Cells cells = driven({0.2, 0.4}, 3);

    const auto shown = coupled().observe({"ADP", "ATP", "ATP_use"});
    const auto values = cells.observe(shown, 0.3);

    EXPECT_EQ(shown.quantities[0].unit, "mM");
    EXPECT_EQ(values[1], cells.value(coupled().state("ATP_n"), 0));
    EXPECT_EQ(values[5], 0.4);
    const double T = values[1], root = std::sqrt(0.92 * 0.92 + 4 * 0.92 * (2.212 / T - 1));
    EXPECT_NEAR(values[0], T / 2 * (root - 0.92), 1e-14);
    // ATP + ADP + AMP is the total of adenine nucleotides.
    EXPECT_NEAR(values[0] * values[0] / (0.92 * T) + values[0] + T, 2.212, 1e-12);
}

}  // namespace
}  // namespace ngv::metabolism
