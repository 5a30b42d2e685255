// What the compiler says of files that are NMODL but mean nothing.
#include <gtest/gtest.h>

#include "ngv/error.hpp"
#include "solvers/neuron/nmodl/catalogue.hpp"

namespace ngv::nmodl {
namespace {

std::string problems_of(const std::string& text) {
    try {
        translate_text("bad.mod", text, {});
    } catch (const UserError& error) {
        return error.what();
    }
    return "";
}

void expect_problem(const std::string& text, const std::string& where, const std::string& says) {
    const auto found = problems_of(text);
    EXPECT_NE(found.find(where + ": "), std::string::npos) << text << "\n" << found;
    EXPECT_NE(found.find(says), std::string::npos) << text << "\n" << found;
}

TEST(NmodlNames, UnknownNamesAreNamedWithTheNearest) {
    expect_problem("NEURON { SUFFIX a RANGE gbar }\nPARAMETER { gbar = 1 }\nBREAKPOINT {\n  gbat = 2\n}\n",
                   "bad.mod:4:3", "did you mean 'gbar'?");
    expect_problem("NEURON { SUFFIX a }\nINITIAL { rates(1) }\n", "bad.mod:2:11", "no function");
    expect_problem(
        "NEURON { SUFFIX a }\nSTATE { m }\nBREAKPOINT { SOLVE stat METHOD cnexp }\nDERIVATIVE states { m' = 1 }\n",
        "bad.mod:3:14", "did you mean 'states'?");
    expect_problem("NEURON { SUFFIX a USEION na READ ek }\n", "bad.mod:1:19", "no variable of the ion na");
}

TEST(NmodlNames, ASlipIsNamedWhereItIs) {
    expect_problem("NEURON { SUFFIX a }\nINITIAL {\n  t\nBREAKPOINT { }\n", "bad.mod:4:1", "expected '='");
    expect_problem("NEURON { SUFFIX a }\nINITIAL {\nBREAKPOINT { }\n", "bad.mod:3:1",
                   "found 'BREAKPOINT', expected '}' of INITIAL, whose '{' is in line 2");
    expect_problem("NEURON { SUFFIX a }\nBREAKPOIN { }\n", "bad.mod:2:1", "did you mean 'BREAKPOINT'?");
    expect_problem("NEURON { SUFIX a }\n", "bad.mod:1:10", "did you mean 'SUFFIX'?");
    expect_problem("NEURON { SUFFIX a USEION na READ enaa }\n", "bad.mod:1:19", "did you mean 'ena'?");
    expect_problem("NEURON { SUFFIX a RANGE x }\nASSIGNED { x }\nINITIAL { x = expp(1) }\n", "bad.mod:3:15",
                   "did you mean 'exp'?");
    expect_problem("NEURON { SUFFIX a RANGE x }\nASSIGNED { x }\nINITIAL { x = exp(1, 2) }\n", "bad.mod:3:15",
                   "'exp' takes 1 argument, found 2");
    expect_problem("NEURON { SUFFIX a }\nUNITS { F = (faraday) (mV) }\n", "bad.mod:2:9", "cannot be expressed");
    expect_problem("NEURON { SUFFIX a }\nPARAMETER { g = 0.1 (S/cm2\n}\n", "bad.mod:2:21", "closing parenthesis");
    expect_problem("NEURON { SUFFIX a }\nINITIAL { if (v > 0) t }\n", "bad.mod:2:22", "expected '{' of IF");
    EXPECT_NE(translate_text("u.mod", "NEURON { SUFFIX a }\nUNITS { (S) = (siemans) }\n", {})
                  .summary.scalar.at(0)
                  .find("the unit (siemans) is not known (u.mod:2:9)"),
              std::string::npos);
}

TEST(NmodlNames, AllMistakesOfAFileAreNamedAtOnce) {
    const auto found = problems_of("NEURON { SUFFIX a }\nINITIAL { x = 1\n y = 2\n z = exp(1, 2) }\n");

    for (const char* at : {"bad.mod:2:11", "bad.mod:3:2", "bad.mod:4:2", "bad.mod:4:6"})
        EXPECT_NE(found.find(at), std::string::npos) << found;
}

TEST(NmodlNames, EquationsThatAMethodCannotSolveAreRefused) {
    expect_problem(
        "NEURON { SUFFIX a }\nSTATE { m }\nBREAKPOINT { SOLVE s METHOD cnexp }\nDERIVATIVE s { m' = -m*m }\n",
        "bad.mod:4:16", "derivimplicit");
    expect_problem("NEURON { SUFFIX a }\nSTATE { m }\nBREAKPOINT { SOLVE s METHOD magic }\nDERIVATIVE s { m' = -m }\n",
                   "bad.mod:3:14", "unknown method");
    expect_problem("NEURON { SUFFIX a }\nSTATE { a b }\nINITIAL { SOLVE s }\nLINEAR s { ~ a + b = 1\n }\n",
                   "bad.mod:3:11", "1 equations for 2 states");
}

TEST(NmodlNames, WhatTheSimulatorGivesCannotBeAssigned) {
    expect_problem("NEURON { SUFFIX a }\nINITIAL { celsius = 3 }\n", "bad.mod:2:11", "cannot be assigned");
    expect_problem("NEURON { SUFFIX a }\nINITIAL { diam = 3 }\n", "bad.mod:2:11", "cannot be assigned");
}

TEST(NmodlNames, WhatTheCppCompilerWouldRefuseIsRefusedBefore) {
    expect_problem("NEURON { SUFFIX a }\nINITIAL { LOCAL x, x\n x = 1 }\n", "bad.mod:2:11",
                   "a second time in this block");
    expect_problem("NEURON { SUFFIX a }\nINITIAL { LOCAL x[3]\n x = 1 }\n", "bad.mod:3:2", "is an array");
    expect_problem("NEURON { SUFFIX a }\nINITIAL { FROM i=0 TO 3 { i = 2 } }\n", "bad.mod:2:27", "counts the rounds");
    expect_problem("NEURON { POINT_PROCESS a }\nNET_RECEIVE(w) { WATCH (w > 3) 1 }\n", "bad.mod:2:27", "WATCH");
    expect_problem(
        "NEURON { SUFFIX a }\nSTATE { x }\nBREAKPOINT { SOLVE k METHOD sparse }\nKINETIC k { SOLVE k METHOD sparse\n ~ "
        "x << (1) }\n",
        "bad.mod:4:13", "SOLVE inside");
}

TEST(NmodlNames, FunctionsWithoutAMechanismAreTakenAndTheirCIsLeftOut) {
    const auto made = translate_text("misc-tools.mod", R"(NEURON { SUFFIX nothing }
PARAMETER { gain = 2 }
ASSIGNED { last }
FUNCTION scaled(x) { scaled = gain*x  last = x }
FUNCTION drawn() { drawn = exprand(2) }
FUNCTION twice_opened() { twice_opened = 2*opened() }
FUNCTION opened() {
VERBATIM
    FILE* f = fopen("/dev/null", "r");
ENDVERBATIM
}
)",
                                     {});

    EXPECT_EQ(made.summary.name, "nothing_misc_tools");
    EXPECT_EQ(made.summary.kind, "functions");
    EXPECT_NE(made.text.find("f_scaled"), std::string::npos);
    EXPECT_NE(made.text.find("exprand(OwnDraws{q, q.random(0)}, 2.0)"), std::string::npos) << made.text;
    EXPECT_EQ(made.text.find("opened"), std::string::npos);
    EXPECT_EQ(made.summary.scalar.size(), 2u);
}

TEST(NmodlNames, AFileWithoutAMechanismSaysSo) {
    EXPECT_NE(problems_of("PARAMETER { a = 1 }\n").find("no NEURON block"), std::string::npos);
    expect_problem("NEURON { SUFFIX nothing USEION na READ ena }\n", "bad.mod:1:17", "SUFFIX nothing with currents");
}

/// Whether connections may share their numbers, of a NET_RECEIVE (w, a, b) with this body.
bool shared(const std::string& body) {
    const auto text =
        translate_text("p.mod",
                       "NEURON { POINT_PROCESS p }\nASSIGNED { x }\nNET_RECEIVE (w, a, b) {\n" + body + "\n}\n", {})
            .text;
    return text.find(".shared_numbers = 1,") != std::string::npos;
}

TEST(NmodlNames, ConnectionsShareNumbersThatNoEventChangesForALaterOne) {
    EXPECT_TRUE(shared("x = w*a + b"));
    EXPECT_TRUE(shared("a = w b = 2*a x = a + b"));  // room for results
    EXPECT_TRUE(shared("INITIAL { a = 2*w } a = w x = a*b"));
    EXPECT_TRUE(shared("if (flag == 0) { a = 1 } else { a = 2 } x = a"));
    EXPECT_TRUE(shared("FROM i = 1 TO 3 { a = i x = x + a }"));

    EXPECT_FALSE(shared("a = a + 1"));
    EXPECT_FALSE(shared("w = 0.9*w"));
    EXPECT_FALSE(shared("x = a a = w"));
    EXPECT_FALSE(shared("if (x > 0) { a = 1 } x = a"));
    EXPECT_FALSE(shared("FROM i = 1 TO x { a = i } x = a"));
    EXPECT_FALSE(shared("INITIAL { a = 2*w } x = a"));  // each connection's own
    EXPECT_FALSE(shared("FOR_NETCONS (w, a, b) { b = w }"));
}

}  // namespace
}  // namespace ngv::nmodl
