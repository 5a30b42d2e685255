#include "solvers/metabolism/model/model_file.hpp"

#include <gtest/gtest.h>

#include "ngv/error.hpp"
#include "solvers/metabolism/model/ode_system.hpp"

namespace ngv::metabolism {
namespace {

std::string problems(const std::string& text, const OdeOptions& options = {}) {
    try {
        OdeSystem(ModelFile::parse(text, "m.yaml"), options);
    } catch (const UserError& error) {
        return error.what();
    }
    return "";
}

constexpr const char* decay = R"yaml(
model: decay
time_unit: s
functions:
  sat: {of: [x, K], is: x/(x + K)}
parameters:
  k: {value: 2, unit: 1/s}
  K: {value: 0.5, unit: mM}
inputs:
  feed: {default: 3*k, unit: mM/s}
states:
  x: {start: 1, unit: mM, rate: feed - v}
expressions:
  v: k*sat(x, K)
variants:
  fast: {expressions: {v: 10*k*x}}
  held: {without: [x], inputs: {x: {default: 1, unit: mM}}}
)yaml";

double rate_of_x(const OdeOptions& options) {
    const OdeSystem system(ModelFile::parse(decay, "m.yaml"), options);
    auto registers = system.rates().registers();
    registers[0] = model::Lanes::all(1);
    for (std::size_t i = 0; i < system.inputs().size(); ++i)
        registers[1 + i] = model::Lanes::all(system.inputs()[i].start);
    system.rates().run(registers.data());
    return registers[system.rates().output(0)][0];
}

TEST(ModelFile, BecomesASystemOfEquations) {
    EXPECT_DOUBLE_EQ(rate_of_x({}), 6 - 2 * 1 / 1.5);
}

TEST(ModelFile, VariantsReplaceExpressionsAndStates) {
    EXPECT_DOUBLE_EQ(rate_of_x({.variant = "fast"}), 6 - 20);
    EXPECT_EQ(OdeSystem(ModelFile::parse(decay, "m.yaml"), {.variant = "held"}).num_states(), 0u);
}

TEST(ModelFile, ParametersAndInputsCanBeSet) {
    EXPECT_DOUBLE_EQ(rate_of_x({.parameters = {{"k", 4}}, .inputs = {{"feed", {"2*k", "study"}}}}), 8 - 4 / 1.5);
}

TEST(ModelFile, ReportsAllMistakesAtOnceWithTheirLines) {
    const auto text = problems(R"yaml(model: m
time_unit: s
parameters:
  k: {value: two, unit: 1/s}
  K: {value: 1, unit: quuxes}
states:
  x: {start: 1, unit: mM, rat: k}
  y: {start: 1, unit: mM, rate: -k, min: 2}
)yaml");

    for (const char* part :
         {"m.yaml:4: 'two' is not a number", "quuxes", "m.yaml:7: unknown key 'rat' in 'x'", "did you mean 'rate'",
          "key 'rate' is missing in 'x'", "'y' starts at 1, outside its range"})
        EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
}

TEST(ModelFile, ReportsUnknownNamesOfAllRates) {
    const auto text = problems(R"yaml(model: m
time_unit: s
states:
  glucose: {start: 1, unit: mM, rate: -glucos}
  b: {start: 1, unit: mM, rate: 1 +}
)yaml");

    EXPECT_NE(text.find("m.yaml:4: unknown name 'glucos' at column 2"), std::string::npos) << text;
    EXPECT_NE(text.find("did you mean 'glucose'"), std::string::npos);
    EXPECT_NE(text.find("m.yaml:5: the expression ends too early"), std::string::npos);
}

TEST(ModelFile, ReportsCircles) {
    const auto text = problems(R"yaml(model: m
time_unit: s
states: {x: {start: 1, unit: mM, rate: a}}
expressions: {a: b + 1, b: 2*a}
)yaml");

    EXPECT_NE(text.find("depends on itself"), std::string::npos) << text;
}

TEST(ModelFile, ReportsUnknownVariantsParametersAndInputs) {
    EXPECT_NE(problems(decay, {.variant = "fats"}).find("did you mean 'fast'"), std::string::npos);
    EXPECT_NE(problems(decay, {.parameters = {{"kk", 1}}}).find("no parameter 'kk'"), std::string::npos);
    EXPECT_NE(problems(decay, {.inputs = {{"fed", {"1", "s"}}}}).find("did you mean 'feed'"), std::string::npos);
}

TEST(ModelFile, ComesWithTheProgramByName) {
    EXPECT_EQ(ModelFile::shipped_or_file("jolivet2015").name, "jolivet2015");
    EXPECT_THROW(ModelFile::shipped_or_file("jolivet2016"), UserError);
    EXPECT_THROW(ModelFile::shipped_or_file("absent.yaml"), UserError);
}

}  // namespace
}  // namespace ngv::metabolism
