// A model for each feature of SBML, with the answer on paper. Formulas are written as text and turned into MathML by
// libsbml, so that what the tests say can be read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sbml/SBMLTypes.h>

#include <cmath>
#include <numbers>

#include "ngv/error.hpp"
#include "solvers/metabolism/cells/cells.hpp"
#include "solvers/metabolism/sbml/run.hpp"

namespace ngv::metabolism {
namespace {

using testing::HasSubstr;

/// <math> of a formula in the infix language of libsbml.
std::string math(const std::string& formula) {
    const std::unique_ptr<ASTNode> node(SBML_parseL3Formula(formula.c_str()));
    if (!node) throw std::runtime_error(formula + ": " + SBML_getLastParseL3Error());
    std::unique_ptr<char, decltype(&free)> text(writeMathMLToString(node.get()), free);
    std::string result = text.get();
    return result.substr(result.find("<math"));
}

std::string document(const std::string& body, int level = 3, int version = 2) {
    const auto space = level == 3     ? "http://www.sbml.org/sbml/level3/version" + std::to_string(version) + "/core"
                       : version == 1 ? "http://www.sbml.org/sbml/level2"
                                      : "http://www.sbml.org/sbml/level2/version" + std::to_string(version);
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sbml xmlns=\"" + space + "\" level=\"" +
           std::to_string(level) + "\" version=\"" + std::to_string(version) + "\"><model id=\"m\">" + body +
           "</model></sbml>";
}

std::string list(const std::string& name, const std::string& items) {
    return "<listOf" + name + ">" + items + "</listOf" + name + ">";
}
std::string compartment(const std::string& id, double size, const std::string& more = "constant=\"true\"") {
    return "<compartment id=\"" + id + "\" size=\"" + std::to_string(size) + "\" spatialDimensions=\"3\" " + more +
           "/>";
}
std::string species(const std::string& id, const std::string& start, const std::string& more = "") {
    const auto has = [&](const char* attribute) { return more.find(attribute) != std::string::npos; };
    return "<species id=\"" + id + "\" compartment=\"C\" " + start + " " + more +
           (has("hasOnly") ? "" : " hasOnlySubstanceUnits=\"false\"") +
           (has("boundary") ? "" : " boundaryCondition=\"false\"") + (has("constant=") ? "" : " constant=\"false\"") +
           "/>";
}
std::string parameter(const std::string& id, double value, bool constant = false) {
    char text[64];
    std::snprintf(text, sizeof text, "%.17g", value);
    return "<parameter id=\"" + id + "\" value=\"" + text + "\" constant=\"" + (constant ? "true" : "false") + "\"/>";
}
std::string reference(const std::string& species, const std::string& more = "stoichiometry=\"1\" constant=\"true\"") {
    return "<speciesReference species=\"" + species + "\" " + more + "/>";
}
std::string reaction(const std::string& id, const std::string& from, const std::string& to, const std::string& law,
                     const std::string& local = "") {
    return "<reaction id=\"" + id + "\" reversible=\"false\">" + (from.empty() ? "" : list("Reactants", from)) +
           (to.empty() ? "" : list("Products", to)) + "<kineticLaw>" + math(law) + local + "</kineticLaw></reaction>";
}
std::string rule(const std::string& kind, const std::string& variable, const std::string& formula) {
    return "<" + kind + "Rule variable=\"" + variable + "\">" + math(formula) + "</" + kind + "Rule>";
}
std::string initially(const std::string& symbol, const std::string& formula) {
    return "<initialAssignment symbol=\"" + symbol + "\">" + math(formula) + "</initialAssignment>";
}
struct EventText {
    std::string trigger, assignments, delay = {}, priority = {};
    bool initial_value = true, persistent = true, from_trigger_time = true;
};
std::string assign(const std::string& variable, const std::string& formula) {
    return "<eventAssignment variable=\"" + variable + "\">" + math(formula) + "</eventAssignment>";
}
std::string event(const EventText& e) {
    const auto flag = [](bool b) { return b ? "\"true\"" : "\"false\""; };
    return std::string("<event useValuesFromTriggerTime=") + flag(e.from_trigger_time) +
           "><trigger initialValue=" + flag(e.initial_value) + " persistent=" + flag(e.persistent) + ">" +
           math(e.trigger) + "</trigger>" + (e.delay.empty() ? "" : "<delay>" + math(e.delay) + "</delay>") +
           (e.priority.empty() ? "" : "<priority>" + math(e.priority) + "</priority>") +
           list("EventAssignments", e.assignments) + "</event>";
}

/// Values of ids at the given time.
std::vector<double> at(const SbmlModel& model, double time, const std::vector<std::string>& ids,
                       SbmlOptions options = {}) {
    if (!model.events.empty() || !model.delays.empty()) options.longest_step = time / 200;
    options.rtol = 1e-9;
    SbmlRun run(model, options);
    run.advance(time);
    std::vector<model::Expr> shown;
    for (const auto& id : ids) shown.push_back(model.value(id));
    return run.evaluate(shown);
}
double at(const std::string& text, double time, const std::string& id) {
    return at(SbmlModel::parse(text, "test.xml"), time, {id})[0];
}
std::string problem(const std::string& text) {
    try {
        SbmlModel::parse(text, "test.xml");
    } catch (const UserError& error) {
        return error.what();
    }
    return "no problem";
}

// --- species, compartments, reactions

TEST(Sbml, ReactionsChangeAmountsAndFormulasSeeConcentrations) {
    const auto model = SbmlModel::parse(
        document(list("Compartments", compartment("C", 2)) +
                 list("Species", species("A", "initialAmount=\"3\"") + species("B", "initialConcentration=\"0.5\"")) +
                 list("Parameters", parameter("k", 0.7, true)) +
                 list("Reactions",
                      reaction("R", reference("A"), reference("B", "stoichiometry=\"2\" constant=\"true\""), "C*k*A"))),
        "test.xml");
    SbmlRun run(model, {.rtol = 1e-9});
    run.advance(1.5);
    const double a = 3 * std::exp(-0.7 * 1.5);
    const auto values = run.evaluate({model.species.at("A").amount, model.species.at("A").concentration,
                                      model.species.at("B").amount, model.value("R")});
    EXPECT_NEAR(values[0], a, 1e-8);
    EXPECT_NEAR(values[1], a / 2, 1e-8);
    EXPECT_NEAR(values[2], 1 + 2 * (3 - a), 1e-8);
    EXPECT_NEAR(values[3], 0.7 * a, 1e-8);
}

TEST(Sbml, OnlySubstanceUnitsMeanAmountsInFormulas) {
    EXPECT_NEAR(
        at(document(list("Compartments", compartment("C", 4)) +
                    list("Species", species("A", "initialConcentration=\"0.5\"", "hasOnlySubstanceUnits=\"true\"")) +
                    list("Reactions", reaction("R", reference("A"), "", "0.3*A"))),
           2, "A"),
        2 * std::exp(-0.6), 1e-8);
}

TEST(Sbml, BoundaryAndConstantSpeciesAreNotChangedByReactions) {
    const auto text = document(list("Compartments", compartment("C", 1)) +
                               list("Species", species("A", "initialAmount=\"2\"", "boundaryCondition=\"true\"") +
                                                   species("B", "initialAmount=\"0\"")) +
                               list("Reactions", reaction("R", reference("A"), reference("B"), "0.5*A")));
    EXPECT_EQ(at(text, 3, "A"), 2);
    EXPECT_NEAR(at(text, 3, "B"), 3, 1e-9);
}

TEST(Sbml, ACompartmentThatGrowsDilutes) {
    // V = 1 + t/2, no reaction of A: its amount stays; B decays by its concentration: n' = -V k n/V.
    const auto text = document(
        list("Compartments", compartment("C", 1, "constant=\"false\"")) +
        list("Species", species("A", "initialConcentration=\"3\"") + species("B", "initialConcentration=\"3\"")) +
        list("Rules", rule("rate", "C", "0.5")) + list("Reactions", reaction("R", reference("B"), "", "C*0.2*B")));
    EXPECT_NEAR(at(text, 2, "A"), 3.0 / 2, 1e-9);
    EXPECT_NEAR(at(text, 2, "B"), 3 * std::exp(-0.4) / 2, 1e-8);
}

TEST(Sbml, ACompartmentByAssignmentRuleScalesConcentrations) {
    const auto text = document(list("Compartments", compartment("C", 1, "constant=\"false\"")) +
                               list("Species", species("A", "initialAmount=\"6\"")) +
                               list("Rules", rule("assignment", "C", "1 + time")));
    EXPECT_NEAR(at(text, 2, "A"), 2, 1e-12);
}

TEST(Sbml, ARateRuleOnASpeciesIsOnItsConcentration) {
    const auto model =
        SbmlModel::parse(document(list("Compartments", compartment("C", 2)) +
                                  list("Species", species("A", "initialAmount=\"2\"", "boundaryCondition=\"true\"")) +
                                  list("Rules", rule("rate", "A", "-0.5*A"))),
                         "test.xml");
    SbmlRun run(model, {.rtol = 1e-9});
    run.advance(2);
    EXPECT_NEAR(run.evaluate({model.species.at("A").amount})[0], 2 * std::exp(-1.0), 1e-8);
}

TEST(Sbml, ASpeciesByRateRuleKeepsItsAmountWhenItsCompartmentJumps) {
    const auto text = document(list("Compartments", compartment("C", 1, "constant=\"false\"")) +
                               list("Species", species("A", "initialAmount=\"2\"", "boundaryCondition=\"true\"")) +
                               list("Rules", rule("rate", "A", "1")) +
                               list("Events", event({.trigger = "time >= 1", .assignments = assign("C", "2")})));
    EXPECT_NEAR(at(text, 2, "A"), 3.0 / 2 + 1, 1e-9);
}

TEST(Sbml, ARateRuleOnASpeciesHoldsForItsConcentrationInACompartmentThatGrows) {
    const auto model = SbmlModel::parse(
        document(list("Compartments", compartment("C", 0.5, "constant=\"false\"")) +
                 list("Species", species("A", "initialConcentration=\"0\"", "boundaryCondition=\"true\"")) +
                 list("Rules", rule("rate", "A", "0.4") + rule("rate", "C", "0.2"))),
        "test.xml");
    SbmlRun run(model, {.rtol = 1e-9});
    run.advance(1);
    const auto values = run.evaluate({model.value("A"), model.species.at("A").amount});
    EXPECT_NEAR(values[0], 0.4, 1e-9);
    EXPECT_NEAR(values[1], 0.28, 1e-9);
}

TEST(Sbml, LocalParametersHideGlobalOnes) {
    EXPECT_NEAR(
        at(document(list("Compartments", compartment("C", 1)) + list("Species", species("A", "initialAmount=\"1\"")) +
                    list("Parameters", parameter("k", 100, true)) +
                    list("Reactions", reaction("R", reference("A"), "", "k*A",
                                               list("LocalParameters", "<localParameter id=\"k\" value=\"0.25\"/>")))),
           4, "A"),
        std::exp(-1.0), 1e-9);
}

TEST(Sbml, StoichiometryCanBeAVariable) {
    const auto text = document(
        list("Compartments", compartment("C", 1)) + list("Species", species("A", "initialAmount=\"0\"")) +
        list("InitialAssignments", initially("n", "2 + 1")) +
        list("Reactions", reaction("R", "", "<speciesReference id=\"n\" species=\"A\" constant=\"false\"/>", "0.5")));
    EXPECT_NEAR(at(text, 2, "A"), 3, 1e-9);
    EXPECT_EQ(at(text, 2, "n"), 3);
}

TEST(Sbml, StoichiometryByAnAssignmentRuleFollowsTime) {
    EXPECT_NEAR(
        at(document(list("Compartments", compartment("C", 1)) + list("Species", species("A", "initialAmount=\"0\"")) +
                    list("Rules", rule("assignment", "n", "2*time")) +
                    list("Reactions",
                         reaction("R", "", "<speciesReference id=\"n\" species=\"A\" constant=\"false\"/>", "1"))),
           3, "A"),
        9, 1e-8);
}

TEST(Sbml, ConversionFactorsTurnExtentIntoSubstance) {
    const auto text =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><sbml xmlns=\"http://www.sbml.org/sbml/level3/version1/core\" "
        "level=\"3\" "
        "version=\"1\"><model id=\"m\" conversionFactor=\"f\">" +
        list("Compartments", compartment("C", 1)) +
        list("Species",
             species("A", "initialAmount=\"10\"") + species("B", "initialAmount=\"0\"", "conversionFactor=\"g\"")) +
        list("Parameters", parameter("f", 2, true) + parameter("g", 5, true)) +
        list("Reactions", "<reaction id=\"R\" reversible=\"false\" fast=\"false\">" +
                              list("Reactants", reference("A")) + list("Products", reference("B")) + "<kineticLaw>" +
                              math("0.5") + "</kineticLaw></reaction>") +
        "</model></sbml>";
    EXPECT_NEAR(at(text, 2, "A"), 10 - 2 * 0.5 * 2, 1e-9);
    EXPECT_NEAR(at(text, 2, "B"), 5 * 0.5 * 2, 1e-9);
}

// --- rules, functions, mathematics

TEST(Sbml, RulesInAnyOrderAndInitialAssignmentsOfEachOther) {
    const auto text = document(
        list("Parameters", parameter("a", 0) + parameter("b", 0) + parameter("c", 0) + parameter("d", 7)) +
        list("InitialAssignments", initially("c", "d + 1") + initially("d", "2")) +
        list("Rules", rule("assignment", "a", "2*b") + rule("assignment", "b", "c + time") + rule("rate", "c", "0.5")));
    EXPECT_NEAR(at(text, 4, "a"), 2 * (3 + 2 + 4), 1e-8);
}

TEST(Sbml, AnyIdCanBeAVariable) {
    // Names that mean something to other model files.
    const auto text = document(list("Parameters", parameter("t", 3) + parameter("exp", 1) + parameter("nothing", 0)) +
                               list("Rules", rule("rate", "t", "-exp") + rule("assignment", "nothing", "t + time")));
    EXPECT_NEAR(at(text, 2, "t"), 1, 1e-9);
    EXPECT_NEAR(at(text, 2, "nothing"), 3, 1e-9);
}

TEST(Sbml, FunctionsAreExpanded) {
    const auto lambda = "<functionDefinition id=\"f\">" + math("lambda(x, y, x*x + y)") + "</functionDefinition>" +
                        "<functionDefinition id=\"g\">" + math("lambda(x, f(x, 2*x))") + "</functionDefinition>";
    EXPECT_EQ(at(document(list("FunctionDefinitions", lambda) + list("Parameters", parameter("p", 0)) +
                          list("Rules", rule("assignment", "p", "g(3)"))),
                 0, "p"),
              15);
}

TEST(Sbml, PiecewiseFollowsItsConditions) {
    const auto text = document(list("Parameters", parameter("p", 0)) +
                               list("Rules", rule("rate", "p", "piecewise(1, time < 2, -0.5, time < 4, 0)")));
    EXPECT_NEAR(at(text, 1, "p"), 1, 1e-9);
    EXPECT_NEAR(at(text, 3, "p"), 1.5, 1e-6);
    EXPECT_NEAR(at(text, 10, "p"), 1, 1e-6);
}

TEST(Sbml, RateOfIsTheDerivative) {
    const auto text = document(list("Compartments", compartment("C", 1, "constant=\"false\"")) +
                               list("Species", species("A", "initialAmount=\"1\"")) +
                               list("Parameters", parameter("r", 0) + parameter("s", 0) + parameter("q", 3, true)) +
                               list("Rules", rule("rate", "C", "1") + rule("assignment", "r", "rateOf(A)") +
                                                 rule("assignment", "s", "rateOf(q)")) +
                               list("Reactions", reaction("R", reference("A"), "", "0.5*C*A")));
    // n = e^(-t/2), V = 1 + t: (n/V)' = -n/(2V) - n/V^2
    const double n = std::exp(-0.5), v = 2;
    EXPECT_NEAR(at(text, 1, "r"), -n / (2 * v) - n / (v * v), 1e-8);
    EXPECT_EQ(at(text, 1, "s"), 0);
}

struct Operator {
    const char* formula;
    double value;
};
class SbmlOperator : public testing::TestWithParam<Operator> {};

TEST_P(SbmlOperator, HasItsValue) {
    const double found = at(document(list("Parameters", parameter("x", 0.5, true) + parameter("p", 0)) +
                                     list("Rules", rule("assignment", "p", GetParam().formula))),
                            0, "p");
    if (std::isinf(GetParam().value))
        EXPECT_EQ(found, GetParam().value);
    else
        EXPECT_NEAR(found, GetParam().value, 4e-15 * std::max(1.0, std::fabs(GetParam().value))) << GetParam().formula;
}

INSTANTIATE_TEST_SUITE_P(
    Core, SbmlOperator,
    testing::Values(
        Operator{"1 + 2 + x", 3.5}, Operator{"-x - 1", -1.5}, Operator{"2*3*x", 3}, Operator{"1/x", 2},
        Operator{"x^3", 0.125}, Operator{"sqrt(x)", std::sqrt(0.5)}, Operator{"root(3, x)", std::cbrt(0.5)},
        Operator{"abs(-x)", 0.5}, Operator{"exp(x)", std::exp(0.5)}, Operator{"ln(x)", std::log(0.5)},
        Operator{"log10(x)", std::log10(0.5)}, Operator{"log(2, x)", -1}, Operator{"floor(-x)", -1},
        Operator{"ceil(x)", 1}, Operator{"factorial(ceil(x + 4))", 120}, Operator{"sin(x)", std::sin(0.5)},
        Operator{"cos(x)", std::cos(0.5)}, Operator{"tan(x)", std::tan(0.5)}, Operator{"sec(x)", 1 / std::cos(0.5)},
        Operator{"csc(x)", 1 / std::sin(0.5)}, Operator{"cot(x)", 1 / std::tan(0.5)},
        Operator{"sinh(x)", std::sinh(0.5)}, Operator{"cosh(x)", std::cosh(0.5)}, Operator{"tanh(x)", std::tanh(0.5)},
        Operator{"sech(x)", 1 / std::cosh(0.5)}, Operator{"csch(x)", 1 / std::sinh(0.5)},
        Operator{"coth(x)", 1 / std::tanh(0.5)}, Operator{"arcsin(x)", std::asin(0.5)},
        Operator{"arccos(x)", std::acos(0.5)}, Operator{"arctan(x)", std::atan(0.5)},
        Operator{"arcsin(1)", std::numbers::pi / 2}, Operator{"arccos(-1)", std::numbers::pi},
        Operator{"arcsec(x + 2)", std::acos(0.4)}, Operator{"arccsc(x + 2)", std::asin(0.4)},
        Operator{"arccot(x)", std::atan(2.0)}, Operator{"arcsinh(-x)", std::asinh(-0.5)},
        Operator{"arccosh(x + 1)", std::acosh(1.5)}, Operator{"arctanh(x)", std::atanh(0.5)},
        Operator{"arcsech(x)", std::acosh(2.0)}, Operator{"arccsch(x)", std::asinh(2.0)},
        Operator{"arccoth(x + 1)", std::atanh(1 / 1.5)}, Operator{"max(x, 2, 1)", 2}, Operator{"min(x, 2, 1)", 0.5},
        Operator{"quotient(-7, 2)", -3}, Operator{"rem(-7, 2)", -1}, Operator{"piecewise(1, x < 1 && x > 0, 2)", 1},
        Operator{"piecewise(1, x >= 1 || x <= 0, 2)", 2}, Operator{"piecewise(1, x == 0.5, 2)", 1},
        Operator{"piecewise(1, x != 0.5, 2)", 2}, Operator{"piecewise(1, !(x > 1), 2)", 1},
        Operator{"piecewise(1, xor(x > 0, x > 0.1, x > 0.2), 2)", 1},
        Operator{"piecewise(1, implies(x > 0, x > 1), 2)", 2}, Operator{"piecewise(1, lt(0, x, 1), 2)", 1},
        Operator{"pi", std::numbers::pi}, Operator{"exponentiale", std::numbers::e},
        Operator{"avogadro", 6.02214179e23}, Operator{"infinity", std::numeric_limits<double>::infinity()},
        Operator{"piecewise(1, true && !false, 2)", 1}, Operator{"time + 1", 1}, Operator{"3.2e-1 + (1/4)", 0.57}));

// --- events

TEST(SbmlEvents, HappenWhenTheTriggerBecomesTrue) {
    // Decay from 1 at rate 1, set back to 1 at 0.5: periods of ln 2.
    const auto text = document(list("Parameters", parameter("x", 1)) + list("Rules", rule("rate", "x", "-x")) +
                               list("Events", event({"x < 0.5", assign("x", "1")})));
    EXPECT_NEAR(at(text, 3, "x"), std::exp(-(3 - 4 * std::log(2.0))), 1e-7);
}

TEST(SbmlEvents, WaitForTheirDelay) {
    const auto text =
        document(list("Parameters", parameter("x", 0)) +
                 list("Events", event({.trigger = "time >= 1", .assignments = assign("x", "5"), .delay = "0.5"})));
    EXPECT_EQ(at(text, 1.4, "x"), 0);
    EXPECT_EQ(at(text, 1.6, "x"), 5);
}

TEST(SbmlEvents, TakeValuesOfTheTriggerTimeOrOfTheExecution) {
    for (const bool from_trigger_time : {true, false}) {
        const auto text =
            document(list("Parameters", parameter("x", 0) + parameter("y", 0)) + list("Rules", rule("rate", "x", "1")) +
                     list("Events", event({.trigger = "time >= 1",
                                           .assignments = assign("y", "x"),
                                           .delay = "2",
                                           .from_trigger_time = from_trigger_time})));
        EXPECT_NEAR(at(text, 4, "y"), from_trigger_time ? 1 : 3, 1e-9);
    }
}

TEST(SbmlEvents, OfAnInitiallyFalseTriggerHappenAtTheStart) {
    for (const bool initial_value : {true, false}) {
        const auto text = document(
            list("Parameters", parameter("x", 1)) +
            list("Events",
                 event({.trigger = "x > 0", .assignments = assign("x", "x + 1"), .initial_value = initial_value})));
        EXPECT_EQ(at(text, 1, "x"), initial_value ? 1 : 2);
    }
}

TEST(SbmlEvents, ThatAreNotPersistentAreGivenUpWhenTheTriggerIsGone) {
    for (const bool persistent : {true, false}) {
        const auto text =
            document(list("Parameters", parameter("x", 0)) + list("Events", event({.trigger = "time > 1 && time < 1.5",
                                                                                   .assignments = assign("x", "1"),
                                                                                   .delay = "1",
                                                                                   .persistent = persistent})));
        EXPECT_EQ(at(text, 3, "x"), persistent ? 1 : 0);
    }
}

TEST(SbmlEvents, FollowTheirPriorities) {
    // The last one to be carried out leaves its mark; each appends a digit.
    const auto one = [](const char* digit, const char* priority) {
        return event({.trigger = "time >= 1",
                      .assignments = assign("x", std::string("10*x + ") + digit),
                      .priority = priority,
                      .from_trigger_time = false});
    };
    const auto text =
        document(list("Parameters", parameter("x", 0)) +
                 list("Events", one("1", "5") + one("2", "20 - 10*piecewise(1, x > 0, 0)") + one("3", "10")));
    EXPECT_EQ(at(text, 2, "x"), 231);
}

TEST(SbmlEvents, AHigherPriorityCanTakeTheTriggerFromALowerOne) {
    const auto text =
        document(list("Parameters", parameter("x", 0) + parameter("y", 0)) +
                 list("Events", event({.trigger = "time >= 1", .assignments = assign("x", "1"), .priority = "10"}) +
                                    event({.trigger = "time >= 1 && x < 0.5",
                                           .assignments = assign("y", "1"),
                                           .priority = "1",
                                           .persistent = false})));
    EXPECT_EQ(at(text, 2, "x"), 1);
    EXPECT_EQ(at(text, 2, "y"), 0);
}

TEST(SbmlEvents, SetConcentrationsAndCompartments) {
    const auto model =
        SbmlModel::parse(document(list("Compartments", compartment("C", 1, "constant=\"false\"")) +
                                  list("Species", species("A", "initialConcentration=\"3\"") +
                                                      species("B", "initialConcentration=\"2\"")) +
                                  list("Events", event({"time >= 1", assign("A", "4") + assign("C", "2")}))),
                         "test.xml");
    SbmlRun run(model, {.longest_step = 0.01});
    run.advance(2);
    const auto values = run.evaluate({model.species.at("A").concentration, model.species.at("A").amount,
                                      model.species.at("B").concentration, model.species.at("B").amount});
    // Both are set in the state before the event: 4 in a volume of 1 is an amount of 4, which the new volume dilutes.
    EXPECT_NEAR(values[0], 2, 1e-12);
    EXPECT_NEAR(values[1], 4, 1e-12);
    EXPECT_NEAR(values[2], 1, 1e-12);  // diluted
    EXPECT_NEAR(values[3], 2, 1e-12);
}

TEST(SbmlEvents, SeveralOfOneTriggerMayWait) {
    // x counts arrivals of a square wave's edges, each 2.5 later.
    const auto text =
        document(list("Parameters", parameter("x", 0)) + list("Events", event({.trigger = "sin(2*pi*time) > 0",
                                                                               .assignments = assign("x", "x + 1"),
                                                                               .delay = "2.5",
                                                                               .from_trigger_time = false})));
    EXPECT_EQ(at(text, 5.2, "x"), 3);  // edges at 0, 1, 2, ... arrive at 2.5, 3.5, 4.5
}

TEST(SbmlEvents, TheEndOfADelayAndATriggerAtTheSameTimeFollowTheirPriorities) {
    // 0.3 + 0.4 and 0.7 differ in their last bit.
    const auto last = [](const char* delayed, const char* direct) {
        return at(
            document(list("Parameters", parameter("x", 0)) +
                     list("Events",
                          event({.trigger = "time >= 0.3",
                                 .assignments = assign("x", "1"),
                                 .delay = "0.4",
                                 .priority = delayed}) +
                              event({.trigger = "time >= 0.7", .assignments = assign("x", "2"), .priority = direct}))),
            2, "x");
    };
    EXPECT_EQ(last("1", "10"), 1);
    EXPECT_EQ(last("10", "1"), 2);
}

TEST(SbmlEvents, EqualPrioritiesAreInRandomOrder) {
    // Each hundredth of a second one of two events happens and takes away the other's trigger: a fair coin.
    const auto one = [](const char* counter) {
        return event({.trigger = "time - reset >= 0.01",
                      .assignments = assign("reset", "time") + assign(counter, std::string(counter) + " + 1"),
                      .priority = "1",
                      .persistent = false});
    };
    const auto model =
        SbmlModel::parse(document(list("Parameters", parameter("reset", 0) + parameter("q", 0) + parameter("r", 0)) +
                                  list("Events", one("q") + one("r"))),
                         "test.xml");
    const auto counts = [&](std::uint64_t seed) { return at(model, 4.005, {"q", "r"}, {.seed = seed}); };
    const auto first = counts(1);
    EXPECT_EQ(first[0] + first[1], 400);
    EXPECT_NEAR(first[0], 200, 50);  // five standard deviations
    EXPECT_EQ(counts(1), first);
    EXPECT_NE(counts(2), first);
}

// --- what was

TEST(SbmlDelay, OfAFunctionOfTimeIsThatFunctionEarlier) {
    const auto text =
        document(list("Parameters", parameter("x", 0) + parameter("y", 0)) +
                 list("Rules", rule("assignment", "x", "sin(10*time)") + rule("assignment", "y", "delay(x, 0.2)")));
    EXPECT_NEAR(at(text, 1e-6, "y"), std::sin(-2.0), 1e-4);  // rules hold before the start too
    EXPECT_NEAR(at(text, 1.3, "y"), std::sin(11.0), 1e-7);
}

TEST(SbmlDelay, OfAStateHasItsStartValueBefore) {
    // x' = -x(t - 1), x = 1 before 0 (method of steps): 1 - t, then 1 - t + (t - 1)^2/2, then that - (t - 2)^3/6.
    const auto text =
        document(list("Parameters", parameter("x", 1)) + list("Rules", rule("rate", "x", "-delay(x, 1)")));
    EXPECT_NEAR(at(text, 0.7, "x"), 0.3, 1e-9);
    EXPECT_NEAR(at(text, 1.5, "x"), -0.5 + 0.125, 1e-9);
    EXPECT_NEAR(at(text, 2.6, "x"), -1.6 + 1.28 - 0.6 * 0.6 * 0.6 / 6, 1e-8);
}

TEST(SbmlDelay, OfWhatAnEventChangedJumpsLater) {
    const auto text = document(list("Parameters", parameter("x", 1) + parameter("y", 0) + parameter("z", 0)) +
                               list("Rules", rule("assignment", "y", "delay(x, 1)") + rule("rate", "z", "y")) +
                               list("Events", event({.trigger = "time >= 0.5", .assignments = assign("x", "3")})));
    EXPECT_EQ(at(text, 1.49, "y"), 1);
    EXPECT_EQ(at(text, 1.51, "y"), 3);
    EXPECT_NEAR(at(text, 2.5, "z"), 1.5 + 3, 1e-9);
}

TEST(SbmlDelay, MayVaryAndBeNested) {
    const auto text = document(list("Parameters", parameter("x", 0) + parameter("y", 0) + parameter("z", 0)) +
                               list("Rules", rule("rate", "x", "1") + rule("assignment", "y", "delay(x, 0.5*time)") +
                                                 rule("assignment", "z", "delay(delay(x, 1), 0.5) + delay(x, 0)")));
    EXPECT_NEAR(at(text, 3, "y"), 1.5, 1e-6);
    EXPECT_NEAR(at(text, 0.001, "y"), 0.0005, 1e-8);  // hardly any delay yet
    EXPECT_NEAR(at(text, 3, "z"), 1.5 + 3, 1e-8);
    EXPECT_THROW(
        at(document(list("Parameters", parameter("x", 0)) + list("Rules", rule("rate", "x", "delay(x, -1)"))), 1, "x"),
        PhysicsError);
}

// --- levels and versions, and what is refused

TEST(Sbml, ReadsLevelOne) {
    const auto text =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><sbml xmlns=\"http://www.sbml.org/sbml/level1\" level=\"1\" "
        "version=\"2\"><model name=\"m\"><listOfCompartments><compartment name=\"C\" volume=\"2\"/>"
        "</listOfCompartments><listOfSpecies><species name=\"A\" compartment=\"C\" initialAmount=\"3\" "
        "boundaryCondition=\"false\"/></listOfSpecies><listOfParameters><parameter name=\"k\" value=\"0.5\"/>"
        "<parameter name=\"p\" value=\"1\"/></listOfParameters><listOfRules><parameterRule name=\"p\" type=\"rate\" "
        "formula=\"-p\"/></listOfRules><listOfReactions><reaction name=\"R\" reversible=\"false\"><listOfReactants>"
        "<speciesReference species=\"A\"/></listOfReactants><kineticLaw formula=\"k*C*A\"/></reaction>"
        "</listOfReactions></model></sbml>";
    EXPECT_NEAR(at(text, 2, "A"), 1.5 * std::exp(-1.0), 1e-8);
    EXPECT_NEAR(at(text, 2, "p"), std::exp(-2.0), 1e-8);
}

TEST(Sbml, ReadsEveryVersionOfLevelTwo) {
    for (const int version : {1, 2, 3, 4, 5}) {
        const auto text = document(
            "<listOfCompartments><compartment id=\"C\" size=\"2\"/></listOfCompartments>"
            "<listOfSpecies><species id=\"A\" compartment=\"C\" initialAmount=\"3\"/></listOfSpecies>"
            "<listOfParameters><parameter id=\"k\" value=\"9\"/></listOfParameters>"
            "<listOfReactions><reaction id=\"R\" reversible=\"false\"><listOfReactants><speciesReference "
            "species=\"A\"><stoichiometryMath>" +
                math("1 + 1") + "</stoichiometryMath></speciesReference></listOfReactants><kineticLaw>" +
                math("k*C*A") +
                "<listOfParameters><parameter id=\"k\" "
                "value=\"0.25\"/></listOfParameters></kineticLaw></reaction></listOfReactions>",
            2, version);
        EXPECT_NEAR(at(text, 2, "A"), 1.5 * std::exp(-1.0), 1e-8) << "version " << version;
    }
}

TEST(Sbml, ReadsBothVersionsOfLevelThree) {
    for (const int version : {1, 2}) {
        const auto text =
            document(list("Parameters", parameter("x", 2)) + list("Rules", rule("rate", "x", "-0.5*x")), 3, version);
        EXPECT_NEAR(at(text, 2, "x"), 2 * std::exp(-1.0), 1e-8);
    }
}

TEST(Sbml, RefusesByNameWhatIsNotSupported) {
    const auto base = list("Compartments", compartment("C", 1)) + list("Species", species("A", "initialAmount=\"1\""));
    EXPECT_THAT(problem(document(base + list("Rules", "<algebraicRule>" + math("A - 1") + "</algebraicRule>"))),
                HasSubstr("algebraic"));
    EXPECT_THAT(problem(document(base + list("Reactions", "<reaction id=\"R\" reversible=\"false\" fast=\"true\">" +
                                                              list("Reactants", reference("A")) + "<kineticLaw>" +
                                                              math("A") + "</kineticLaw></reaction>"),
                                 3, 1)),
                HasSubstr("reaction 'R' is fast"));
    EXPECT_THAT(problem(document(base + list("Reactions", "<reaction id=\"R\" reversible=\"false\">" +
                                                              list("Reactants", reference("A")) + "</reaction>"))),
                HasSubstr("reaction R: has no kinetic law"));
    EXPECT_THAT(problem(document(list("Parameters", parameter("p", 0) + parameter("q", 0)) +
                                 list("Rules", rule("assignment", "p", "q") + rule("assignment", "q", "p")))),
                HasSubstr("circle"));
    EXPECT_THAT(problem("<sbml"), HasSubstr("test.xml:"));
    EXPECT_THAT(
        problem(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><sbml xmlns=\"http://www.sbml.org/sbml/level3/version1/core\" "
            "xmlns:comp=\"http://www.sbml.org/sbml/level3/version1/comp/version1\" comp:required=\"true\" level=\"3\" "
            "version=\"1\"><model id=\"m\"/></sbml>"),
        HasSubstr("package 'comp'"));
    EXPECT_THROW(SbmlModel::load("no-such.xml"), UserError);
}

TEST(Sbml, AgreesWithCvodeOnAStiffOscillator) {
    // Oregonator (Field & Noyes 1974), scaled: limit cycle with rates from 1e-2 to 1e4.
    const auto model = SbmlModel::parse(
        document(list("Parameters", parameter("x", 1) + parameter("y", 2) + parameter("z", 3)) +
                 list("Rules", rule("rate", "x", "77.27*(y + x*(1 - 8.375e-6*x - y))") +
                                   rule("rate", "y", "(z - (1 + x)*y)/77.27") + rule("rate", "z", "0.161*(x - z)"))),
        "test.xml");
    const auto ours = at(model, 30, {"x", "y", "z"}), theirs = at(model, 30, {"x", "y", "z"}, {.method = "cvode"});
    for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(ours[k], theirs[k], 1e-4 * std::fabs(theirs[k]));
}

TEST(Sbml, TheExampleFillsUpWhenItRunsOut) {
    const auto model = SbmlModel::load(std::string(NGV_SOURCE_DIR) + "/solvers/metabolism/examples/decay.xml");
    const double period = std::log(10.0) / 0.5;
    EXPECT_NEAR(at(model, 10, {"A"})[0], std::exp(-0.5 * (10 - 2 * period)), 1e-7);
}

TEST(Sbml, RunsInCellsAsOtherModelsDo) {
    const auto model = SbmlModel::parse(
        document(list("Parameters", parameter("x", 2)) + list("Rules", rule("rate", "x", "-0.5*x"))), "test.xml");
    const OdeSystem system(model.parts());
    Cells cells(system, {0, 1, 2}, {.rtol = 1e-8});
    cells.value(0, 1) = 4;
    cells.advance(0, 2);
    EXPECT_NEAR(cells.value(0, 0), 2 * std::exp(-1.0), 1e-7);
    EXPECT_NEAR(cells.value(0, 1), 4 * std::exp(-1.0), 1e-7);
}

}  // namespace
}  // namespace ngv::metabolism
