// What does not change from step to step is computed once: where it goes, and where it must not.
#include <gtest/gtest.h>

#include "solvers/neuron/nmodl/catalogue.hpp"

namespace ngv::nmodl {
namespace {

/// The function of this name in generated code.
std::string function(const std::string& text, const std::string& name) {
    const auto begin = text.find("static void " + name + "_rows(");
    return begin == std::string::npos ? "" : text.substr(begin, text.find("\n}\n", begin) - begin);
}
std::string translated(const std::string& text, Arithmetic arithmetic = Arithmetic::fast) {
    return translate_text("a.mod", text, {.arithmetic = arithmetic}).text;
}

const std::string synapse = R"(NEURON { POINT_PROCESS a NONSPECIFIC_CURRENT i RANGE tau, e }
PARAMETER { tau = 2 e = 0 }
ASSIGNED { v i }
STATE { g }
BREAKPOINT { SOLVE s METHOD cnexp  i = g*(v - e) }
DERIVATIVE s { g' = -g/tau }
)";

TEST(NmodlDerived, AnExponentialOfAParameterLeavesTheStep) {
    for (const auto arithmetic : {Arithmetic::fast, Arithmetic::neuron}) {
        const auto text = translated(synapse + "NET_RECEIVE (w) { g = g + w }\n", arithmetic);

        EXPECT_EQ(function(text, "state").find("f_exp"), std::string::npos);
        EXPECT_EQ(function(text, "current").find("/ n"), std::string::npos);  // 100/area
        EXPECT_NE(function(text, "derive").find("f_exp"), std::string::npos);
        EXPECT_NE(function(text, "derive").find("row.at_node(area)"), std::string::npos);
    }
}

TEST(NmodlDerived, WhatEventsReadLeavesTheStepToo) {
    EXPECT_EQ(function(translated(synapse + "NET_RECEIVE (w) { g = g*exp(-w/tau) }\n"), "state").find("f_exp"),
              std::string::npos);
}

TEST(NmodlDerived, WhatEventsOrStepsWriteStays) {
    const auto through_a_call =
        synapse + "NET_RECEIVE (w) { g = g + other(w) }\nFUNCTION other(x) { tau = x  other = 1 }\n";
    EXPECT_NE(function(translated(through_a_call), "state").find("f_exp"), std::string::npos);
    EXPECT_NE(
        function(translated(synapse + "NET_RECEIVE (w) { state_discontinuity(tau, w) }\n"), "state").find("f_exp"),
        std::string::npos);
    EXPECT_NE(function(translated(synapse + "NET_RECEIVE (w) { tau = w }\n"), "state").find("f_exp"),
              std::string::npos);
    EXPECT_NE(function(translated(synapse + "AFTER SOLVE { tau = tau + 0.1 }\n"), "state").find("f_exp"),
              std::string::npos);
}

TEST(NmodlDerived, WhatAllInstancesShareIsBeforeTheLoopAnyway) {
    auto shared = synapse;
    shared.replace(shared.find("RANGE tau, e"), 12, "RANGE e");

    EXPECT_EQ(function(translated(shared), "derive").find("f_exp"), std::string::npos);
}

}  // namespace
}  // namespace ngv::nmodl
