// Points of a FUNCTION_TABLE, from the simulation or from the cell model.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/unit/neuron/passive_circuit.hpp"

namespace ngv::neuron {
namespace {

using ::testing::HasSubstr;

constexpr const char* tabled_mod = R"(NEURON { SUFFIX tabled NONSPECIFIC_CURRENT i }
ASSIGNED { v (mV) i (mA/cm2) }
BREAKPOINT { i = conductance(v)*(v + 70) }
FUNCTION_TABLE conductance(v (mV)) (S/cm2)
)";
constexpr const char* written_mod = R"(NEURON { SUFFIX written NONSPECIFIC_CURRENT i }
ASSIGNED { v (mV) i (mA/cm2) }
BREAKPOINT { i = conductance(v)*(v + 70) }
FUNCTION conductance(v (mV)) (S/cm2) {
    if (v < -70) { conductance = 1e-4 } else if (v > -50) { conductance = 3e-4 } else { conductance = 1e-4 + 1e-5*(v + 70) }
}
)";
constexpr const char* pulse =
    R"("a": {"module": "linear", "input_type": "current_clamp", "node_set": "Balls", "delay": 5,
 "duration": 30, "amp_start": 0.02})";

class FunctionTables : public ::testing::Test {
  protected:
    /// Three cells with a mechanism; `tables`: more of the cell model, YAML.
    PassiveCircuit circuit(const std::string& mechanism, const std::string& tables = "") const {
        return {"function_tables", "1 1 0 0 0 10 -1\n",
                "ball: {mechanisms: {all: [" + mechanism + "]}, values: {all: {Ra: 100, cm: 1}}" + tables + "}\n"};
    }
    /// Voltages of the three cells with `tabled`, the points given in `conditions` of the simulation or in the cell model.
    std::vector<std::vector<double>> voltages(const std::string& conditions, const std::string& tables = "") const {
        auto c = circuit("tabled", tables);
        add_mechanisms(c);
        c.conditions = conditions;
        return c.soma_voltage(pulse);
    }
    std::string problem(const std::string& conditions, const std::string& tables = "") const {
        auto c = circuit("tabled", tables);
        add_mechanisms(c);
        c.conditions = conditions;
        return c.problem(pulse);
    }
    static void add_mechanisms(PassiveCircuit& c) {
        std::ofstream(c.folder() / "tabled.mod") << tabled_mod;
        std::ofstream(c.folder() / "written.mod") << written_mod;
        c.mechanisms = {c.folder() / "tabled.mod", c.folder() / "written.mod"};
    }
};

TEST_F(FunctionTables, TheVoltageIsThatOfTheSameFunctionWrittenOut) {
    auto written = circuit("written");
    add_mechanisms(written);

    const auto expected = written.soma_voltage(pulse);
    const auto from_simulation =
        voltages(R"("mechanisms": {"tabled": {"table_conductance": {"points": [-70, -50], "values": [1e-4, 3e-4]}}})");
    const auto from_model =
        voltages("", ", tables: {tabled: {table_conductance: {points: [[-70, -50]], values: [1e-4, 3e-4]}}}");

    ASSERT_EQ(from_simulation.size(), expected.size());
    for (std::size_t f = 0; f < expected.size(); ++f)
        for (std::size_t c = 0; c < 3; ++c) {
            ASSERT_NEAR(from_simulation[f][c], expected[f][c], 1e-5) << f;  // single precision of the report
            ASSERT_NEAR(from_model[f][c], expected[f][c], 1e-5) << f;
        }
    EXPECT_GT(expected[300][0], -65);  // the pulse has driven it along the table
}

TEST_F(FunctionTables, TheSimulationComesBeforeTheModelAndANumberIsTheSameEverywhere) {
    const auto v = voltages(R"("mechanisms": {"tabled": {"table_conductance": 1e-4}})",
                            ", tables: {tabled: {table_conductance: {points: [-70], values: [7]}}}");

    const double steady = PassiveCircuit::rest + 0.02 * PassiveCircuit::resistance;
    const double at_30_ms = steady - 0.02 * PassiveCircuit::resistance * std::exp(-25 / PassiveCircuit::tau);
    EXPECT_NEAR(v[300][0], at_30_ms, 0.05);  // first order in dt
}

TEST_F(FunctionTables, MistakesAreNamedWithTheirPlace) {
    const auto at = [](const std::string& table) { return R"("mechanisms": {"tabled": {)" + table + "}}"; };

    EXPECT_THAT(problem(at(R"("table_conductanc": 1)")),
                AllOf(HasSubstr("simulation.json:2"), HasSubstr("did you mean 'conductance'?")));
    EXPECT_THAT(problem(at(R"("table_conductance": {"points": [1, 2], "values": [1]})")),
                HasSubstr("1 values, expected 2 for its points"));
    EXPECT_THAT(problem(at(R"("table_conductance": {"points": [2, 1], "values": [1, 2]})")),
                HasSubstr("does not rise"));
    EXPECT_THAT(problem(at(R"("table_conductance": {"points": [[1, 2], [1]], "values": [1, 2]})")),
                HasSubstr("2 axes of points, but the function has 1 argument"));
    EXPECT_THAT(problem(at(R"("table_conductance": {"place": [1], "values": [1]})")), HasSubstr("unknown key 'place'"));
    EXPECT_THAT(problem("", ", tables: {tabled: {conductance: 1}}"), HasSubstr("table_<name of the function>"));
    EXPECT_THAT(problem("", ", tables: {pas: {table_x: 1}}"), HasSubstr("pas has no FUNCTION_TABLE"));
}

}  // namespace
}  // namespace ngv::neuron
