// Reports of a passive cell with an axon, a dendrite and an apical dendrite: what is in them, in which unit, checked by what charge
// must do. At steady state all injected current leaves through the membrane.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>

#include "solvers/common/hdf5.hpp"
#include "tests/unit/neuron/passive_circuit.hpp"

namespace ngv::neuron {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using P = PassiveCircuit;

// soma; axon of 60 um; dendrite of 100 um; apical of 100 um
constexpr const char* tree = R"(1 1 0 0 0 10 -1
2 2 0 -10 0 0.5 1
3 2 0 -70 0 0.5 2
4 3 10 0 0 1 1
5 3 110 0 0 1 4
6 4 0 10 0 2 1
7 4 0 110 0 2 6
)";

/// mV; a leak so strong that all is steady within the run.
constexpr const char* leaky = R"(
ball: {mechanisms: {all: [pas]}, values: {all: {Ra: 100, cm: 1, g_pas: 0.002, e_pas: -70}}}
)";
constexpr double current = 0.1;  // nA

class Reports : public ::testing::Test {
  protected:
    Reports() : circuit_("reports", tree, leaky) {}

    std::string parts(const std::string& report) const {
        return R"("reports": {"r": {"cells": "Balls", )" + report + "}}";
    }
    /// Frames of a report of a run with a step of current; `source`: whether it is an electrode's.
    std::vector<std::vector<double>> frames(const std::string& report, bool electrode = true) const {
        const auto out = circuit_.run(
            fmt::format(
                R"("a": {{"module": "linear", "node_set": "Balls", "amp_start": {}, "represents_physical_electrode": {}}})",
                current, electrode),
            parts(report));
        file_ = out / "r.h5";
        return report_frames(file_);
    }
    template <class T>
    std::vector<T> mapping(const std::string& name) const {
        return h5::File::open(file_).dataset("/report/balls/mapping/" + name).template read<T>();
    }
    std::string unit() const { return h5::File::open(file_).dataset("/report/balls/data").text_attribute("units"); }
    std::string problem(const std::string& report) const { return circuit_.problem("", parts(report)); }

    PassiveCircuit circuit_;
    mutable std::filesystem::path file_;
};

double sum(const std::vector<double>& row) {
    return std::accumulate(row.begin(), row.end(), 0.0);
}
/// Of one cell: a third of the columns.
std::vector<double> cell(const std::vector<double>& row, std::size_t which) {
    const std::size_t n = row.size() / 3;
    return {row.begin() + static_cast<std::ptrdiff_t>(which * n),
            row.begin() + static_cast<std::ptrdiff_t>((which + 1) * n)};
}

TEST_F(Reports, TheSomaIsOneColumnACell) {
    const auto v = frames(R"("sections": "soma", "variable_name": "v", "dt": 0.5)");

    EXPECT_EQ(v.size(), 80u);
    EXPECT_THAT(v[0], ElementsAre(P::rest, P::rest, P::rest));
    EXPECT_GT(v[79][0], P::rest + 1);
    EXPECT_EQ(unit(), "mV");
    EXPECT_THAT(mapping<std::int64_t>("node_ids"), ElementsAre(0, 1, 2));
    EXPECT_THAT(mapping<std::int64_t>("element_ids"), Each(0));
    EXPECT_THAT(mapping<double>("time"), ElementsAre(0, 40, 0.5));
}

TEST_F(Reports, AllCompartmentsComeWithTheirSections) {
    const auto v = frames(R"("sections": "all", "variable_name": "v", "dt": 10)");

    ASSERT_EQ(v[0].size(), 3u * (1 + 3 + 5 + 5));  // nseg 1 + 2 int(L/40)
    const auto ids = mapping<std::int64_t>("element_ids");
    EXPECT_THAT(std::vector<std::int64_t>(ids.begin(), ids.begin() + 14),
                ElementsAre(0, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3));
    EXPECT_THAT(mapping<std::int64_t>("index_pointers"), ElementsAre(0, 14, 28, 42));
    for (std::size_t i = 5; i < 9; ++i) EXPECT_LT(v[3][i], v[3][i - 1]) << "further from the electrode";
}

TEST_F(Reports, SectionsAndCentersAreChosen) {
    const auto dend = frames(R"("sections": "dend", "variable_name": "v", "dt": 10)"),
               all = frames(R"("sections": "all", "variable_name": "v", "dt": 10)"),
               centers = frames(R"("sections": "all", "compartments": "center", "variable_name": "v", "dt": 10)");

    for (std::size_t f = 0; f < 4; ++f) {
        const auto row = cell(all[f], 0);
        EXPECT_EQ(cell(dend[f], 0), std::vector<double>(row.begin() + 4, row.begin() + 9));
        EXPECT_THAT(cell(centers[f], 0), ElementsAre(row[0], row[2], row[6], row[11]));
    }
}

TEST_F(Reports, ADensityIsPerAreaAndFollowsTheVoltage) {
    const auto v = frames(R"("sections": "all", "variable_name": "v", "dt": 1)"),
               i = frames(R"("sections": "all", "variable_name": "i_pas", "dt": 1)");

    EXPECT_EQ(unit(), "mA/cm2");
    for (std::size_t c = 0; c < i[39].size(); ++c) EXPECT_NEAR(i[39][c], 0.002 * (v[39][c] + 70), 1e-7);
}

TEST_F(Reports, TheSumOfTheLeakIsTheInjectedCurrent) {
    const auto total = frames(R"("type": "summation", "sections": "soma", "variable_name": "i_pas")"),
               by_compartment = frames(R"("type": "summation", "sections": "all", "variable_name": "i_pas")");

    EXPECT_EQ(unit(), "nA");
    ASSERT_EQ(total[399].size(), 3u);
    EXPECT_NEAR(total[399][1], current, 1e-6);
    EXPECT_NEAR(sum(cell(by_compartment[399], 1)), current, 1e-6);
}

TEST_F(Reports, AnElectrodeIsNoPartOfTheMembraneAndAMembraneSourceIs) {
    const char* report = R"("type": "summation", "sections": "soma", "variable_name": "i_membrane")";
    const auto electrode = frames(report, true), source = frames(report, false);

    EXPECT_EQ(unit(), "nA");
    for (std::size_t f : {10u, 200u, 399u}) {  // capacitive current counts: true at any time
        EXPECT_NEAR(electrode[f][0], current, 1e-6);
        EXPECT_NEAR(source[f][0], 0, 1e-6);
    }
}

TEST_F(Reports, LeakAndElectrodeCancelInOneSum) {
    const auto i = frames(R"("type": "summation", "sections": "soma", "variable_name": "i_pas, IClamp")");

    EXPECT_NEAR(i[399][2], 0, 1e-6);
    const auto clamp = frames(R"("type": "summation", "sections": "soma", "variable_name": "IClamp")");
    for (std::size_t f : {1u, 200u, 399u}) EXPECT_NEAR(clamp[f][2], -current, 1e-6) << "an electrode injects";
}

TEST_F(Reports, WithoutScalingDensitiesAreAdded) {
    const auto sums = frames(R"("type": "summation", "sections": "soma", "scaling": "none", "variable_name": "i_pas")"),
               each = frames(R"("sections": "all", "variable_name": "i_pas", "dt": 0.1)");

    EXPECT_NEAR(sums[399][0], sum(cell(each[399], 0)), 1e-6);
}

TEST_F(Reports, StartAndEndChooseFrames) {
    const auto all = frames(R"("variable_name": "v", "dt": 0.5)"),
               part = frames(R"("variable_name": "v", "dt": 0.5, "start_time": 10, "end_time": 12)");

    ASSERT_EQ(part.size(), 4u);
    for (std::size_t f = 0; f < 4; ++f) EXPECT_EQ(part[f], all[20 + f]);
    EXPECT_THAT(mapping<double>("time"), ElementsAre(10, 12, 0.5));
}

TEST_F(Reports, ACompartmentSetChoosesPlaces) {
    std::ofstream(circuit_.folder() / "sets.json")
        << R"({"places": {"population": "balls", "compartment_set": [[0, 0, 0.5], [2, 2, 0.9]]}})";
    const auto all = frames(R"("sections": "all", "variable_name": "v", "dt": 10)");
    const auto out =
        circuit_.run(fmt::format(R"("a": {{"module": "linear", "node_set": "Balls", "amp_start": {}}})", current),
                     R"("compartment_sets_file": "sets.json",
           "reports": {"r": {"type": "compartment_set", "compartment_set": "places", "variable_name": "v", "dt": 10}})");
    const auto chosen = report_frames(out / "r.h5");

    EXPECT_NEAR(chosen[3][0], all[3][0], 1e-5);
    EXPECT_NEAR(chosen[3][1], cell(all[3], 2)[8], 1e-5);
}

TEST_F(Reports, TheFieldOfAnElectrodeWeighsMembraneCurrents) {
    {
        const auto file = h5::File::create(circuit_.folder() / "electrodes.h5");
        file.write("/balls/node_ids", std::vector<std::int64_t>{0, 1, 2});
        file.write("/balls/offsets", std::vector<std::int64_t>{0, 14, 28, 42});
        std::vector<double> factors;
        for (int row = 0; row < 42; ++row) factors.insert(factors.end(), {1.0, row % 14 == 0 ? 2.0 : 0.0});
        file.write("/electrodes/balls/scaling_factors", factors, {42, 2});
    }
    circuit_.run_keys = R"("electrodes_file": "electrodes.h5")";
    const auto field = frames(R"("type": "lfp", "variable_name": "v")"),
               membrane = frames(R"("type": "summation", "sections": "all", "variable_name": "i_membrane")");

    frames(R"("type": "lfp", "variable_name": "v")");
    EXPECT_EQ(unit(), "mV");
    ASSERT_EQ(field[0].size(), 6u);
    for (std::size_t f : {1u, 100u, 399u}) {
        EXPECT_NEAR(field[f][2], sum(cell(membrane[f], 1)), 1e-6);
        EXPECT_NEAR(field[f][3], 2 * cell(membrane[f], 1)[0], 1e-6);
    }
}

TEST_F(Reports, MistakesAreNamed) {
    EXPECT_THAT(problem(R"("type": "compartments")"), HasSubstr("did you mean 'compartment'?"));
    EXPECT_THAT(problem(R"("sections": "soam")"), HasSubstr("did you mean 'soma'?"));
    EXPECT_THAT(problem(R"("dt": 0.25)"), HasSubstr("dt of 0.25 ms is not a whole number of steps of 0.1 ms"));
    EXPECT_THAT(problem(R"("dt": 0.01)"), HasSubstr("below the step"));
    EXPECT_THAT(problem(R"("type": "lfp")"), HasSubstr("needs run.electrodes_file"));
    EXPECT_THAT(problem(R"("type": "compartment_set")"), HasSubstr("needs a compartment_set"));
    EXPECT_THAT(problem(R"("variable_name": "i_pass")"), HasSubstr("no compartment of the report 'r' has 'i_pass'"));
    EXPECT_THAT(problem(R"("variable_name": "i_pass")"), HasSubstr("did you mean 'i_pas'?"));
    EXPECT_THAT(problem(R"("type": "summation", "variable_name": "i_pas, i_hh")"), HasSubstr("has 'i_hh'"));
    EXPECT_THAT(circuit_.problem("", R"("reports": {"r": {"cells": "Bals", "variable_name": "v"}})"),
                HasSubstr("did you mean 'Balls'?"));
}

}  // namespace
}  // namespace ngv::neuron
