// Reactions under run-time conditions: the same as all reactions with rates that are 0 where they do not take place.
#include <gtest/gtest.h>

#include <fstream>

#include "ngv/error.hpp"
#include "solvers/neuron/nmodl/catalogue.hpp"
#include "tests/unit/nmodl/set_of_one.hpp"

namespace ngv::nmodl {
namespace {

namespace fs = std::filesystem;

std::string scheme(const std::string& name, const std::string& reactions) {
    return "NEURON { SUFFIX " + name + R"( NONSPECIFIC_CURRENT i }
ASSIGNED { v i flow }
STATE { a b c d }
INITIAL { a = 0.6  b = 0.3  c = 0.1  d = 0.05 }
BREAKPOINT { SOLVE k METHOD sparse  i = 0.001*b*v }
KINETIC k { LOCAL up, down, join, leak
)" + reactions +
           "}\n";
}

const std::string branches = R"(
    if (v < -75) {
        ~ a <-> b (0.5, 0.2)
    } else {
        ~ b <-> c (0.3, 0.1)
        if (v < -66) { ~ a + b <-> d (0.4, 0.05) } else if (v > -60) { ~ c -> (0.02) }
    }
    ~ d << (0.001)
)";
const std::string selected = R"(
    if (v < -75) { up = 1  down = 0 } else { up = 0  down = 1 }
    if (v >= -75 && v < -66) { join = 1 } else { join = 0 }
    if (v > -60) { leak = 1 } else { leak = 0 }
    ~ a <-> b (0.5*up, 0.2*up)
    ~ b <-> c (0.3*down, 0.1*down)
    ~ a + b <-> d (0.4*join, 0.05*join)
    ~ c -> (0.02*leak)
    ~ d << (0.001)
)";

TEST(NmodlKinetic, ReactionsOfTheBranchThatHoldsTakePlace) {
    const auto folder = fs::temp_directory_path() / ("ngv-nmodl-kinetic-" + std::to_string(getpid()));
    fs::create_directories(folder);
    std::ofstream(folder / "branches.mod") << scheme("branches", branches);
    std::ofstream(folder / "selected.mod") << scheme("selected", selected);
    const auto catalogue = build_catalogue({folder});
    fs::remove_all(folder);
    test::SetOfOne one(catalogue.find("branches"), 3), two(catalogue.find("selected"), 3);  // -90 to -51 mV

    for (auto* s : {&one, &two}) {
        s->initialise();
        for (int n = 0; n < 200; ++n) s->step();
    }

    for (const char* state : {"a", "b", "c", "d"})
        for (std::size_t i = 0; i < 24; ++i)
            EXPECT_NEAR(one.column(state)[i], two.column(state)[i], 1e-14) << state << " at " << one.v[i] << " mV";
    EXPECT_NE(one.column("b")[0], one.column("b")[12]);
    EXPECT_NE(one.column("d")[0], one.column("d")[12]);
}

TEST(NmodlKinetic, ASumThatIsConservedUnderAConditionIsRefused) {
    try {
        translate_text("bad.mod", scheme("bad", "~ a <-> b (1, 1)\n if (v > 0) { CONSERVE a + b = 1 }\n"), {});
        ADD_FAILURE();
    } catch (const UserError& error) {
        EXPECT_NE(std::string(error.what()).find("CONSERVE that holds under a condition"), std::string::npos);
        EXPECT_NE(std::string(error.what()).find("bad.mod:8"), std::string::npos) << error.what();
    }
}

}  // namespace
}  // namespace ngv::nmodl
