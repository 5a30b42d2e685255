// Compiled kernels against formulas, in both layouts.
#include <gtest/gtest.h>

#include <fstream>

#include "solvers/neuron/nmodl/catalogue.hpp"
#include "tests/unit/nmodl/set_of_one.hpp"

namespace ngv::nmodl {
namespace {

namespace fs = std::filesystem;
using test::SetOfOne;

const char* const gate_file = R"(NEURON { SUFFIX gate USEION k READ ek WRITE ik RANGE g, ik, inf GLOBAL calls }
PARAMETER { g = 0.01 (S/cm2) }
ASSIGNED { v (mV) ek (mV) ik (mA/cm2) inf tau (ms) celsius (degC) calls }
STATE { n }
INITIAL { rates(v)  n = inf  calls = 7 }
BREAKPOINT { SOLVE s METHOD cnexp  ik = g*n^4*(v - ek) }
DERIVATIVE s { rates(v)  n' = (inf - n)/tau }
PROCEDURE rates(v (mV)) { inf = 1/(1 + exp(-(v + 40)/9))  tau = 3^((celsius - 6.3)/10)*(1 + 5*exp(-((v + 50)/30)^2)) }
)";

const char* const scheme_file = R"(NEURON { POINT_PROCESS scheme NONSPECIFIC_CURRENT i RANGE gmax }
PARAMETER { gmax = 0.002 (uS) }
ASSIGNED { v (mV) i (nA) a b }
STATE { c o z }
INITIAL { rates(v)  SOLVE k STEADYSTATE sparse }
BREAKPOINT { SOLVE k METHOD sparse  i = gmax*o*(v - 10) }
KINETIC k { rates(v)  ~ c <-> o (a, b)  ~ o <-> z (0.3, 0.1)  CONSERVE c + o + z = 1 }
PROCEDURE rates(v (mV)) { a = exp(v/40)  b = 0.5*exp(-v/30) }
)";

const char* const life_file = R"(NEURON { SUFFIX life RANGE made }
ASSIGNED { made }
CONSTRUCTOR { made = 3 }
DESTRUCTOR { made = made - 5 }
)";

/// The files as one catalogue, compiled once.
const Catalogue& catalogue() {
    static const Catalogue made = [] {
        const auto folder = fs::temp_directory_path() / ("ngv-nmodl-kernels-" + std::to_string(getpid()));
        fs::create_directories(folder);
        std::ofstream(folder / "gate.mod") << gate_file;
        std::ofstream(folder / "scheme.mod") << scheme_file;
        std::ofstream(folder / "life.mod") << life_file;
        auto c = build_catalogue({folder});
        fs::remove_all(folder);
        return c;
    }();
    return made;
}

double inf(double v) {
    return 1 / (1 + std::exp(-(v + 40) / 9));
}
double tau(double v, double celsius) {
    return std::pow(3, (celsius - 6.3) / 10) * (1 + 5 * std::exp(-std::pow((v + 50) / 30, 2)));
}

TEST(NmodlKernels, StateAndCurrentAreThoseOfTheFormulas) {
    SetOfOne s(catalogue().find("gate"), 3);
    s.run.celsius = 20;
    s.initialise();
    s.column("n").assign(24, 0.4);

    s.step();

    for (std::size_t i = 0; i < 24; ++i) {
        const double v = s.v[i], g = 0.01 * std::pow(0.4, 4);
        EXPECT_NEAR(s.rhs[i], -g * (v + 77), 1e-15) << i;
        EXPECT_NEAR(s.d[i], g, 1e-17);
        EXPECT_NEAR(s.ion(0, 3)[i], g * (v + 77), 1e-15);
        EXPECT_NEAR(s.ion(0, 4)[i], g, 1e-17);
        EXPECT_NEAR(s.column("ik")[i], g * (v + 77), 1e-15);
        EXPECT_NEAR(s.column("n")[i], inf(v) + (0.4 - inf(v)) * std::exp(-0.025 / tau(v, 20)), 2e-15);
    }
    EXPECT_EQ(s.global_value("calls"), 7);
}

TEST(NmodlKernels, GatheredInstancesAddToTheirNodesAndMaskedLanesDoNot) {
    SetOfOne s(catalogue().find("gate"), 2, {1, 3, 3, 3, 7, 8, 8, 12, 15, 15});
    s.initialise();
    s.column("n").assign(16, 0.5);

    s.step();

    const int times[] = {0, 1, 0, 3, 0, 0, 0, 1, 2, 0, 0, 0, 1, 0, 0, 2};
    for (std::size_t i = 0; i < 16; ++i) {
        EXPECT_NEAR(s.rhs[i], -times[i] * 0.01 / 16 * (s.v[i] + 77), 1e-15) << i;
        EXPECT_NEAR(s.ion(0, 4)[i], times[i] * 0.01 / 16, 1e-16) << i;
    }
}

TEST(NmodlKernels, MaskedLanesOfAnAlignedSetLeaveNoTrace) {
    SetOfOne s(catalogue().find("gate"), 1);
    s.mask[0] = 0b10110101;
    s.initialise();

    s.step();

    for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(s.rhs[i] != 0, (0b10110101 >> i & 1) != 0) << i;
}

TEST(NmodlKernels, OnePassOfStateAndCurrentIsOneAfterTheOther) {
    const auto* m = catalogue().find("gate");
    ASSERT_NE(m->state_current, nullptr);
    SetOfOne a(m, 2), b(m, 2);
    a.initialise(), b.initialise();

    a.call(m->state), a.call(m->current);
    b.call(m->state_current);

    for (std::size_t i = 0; i < 16; ++i) {
        EXPECT_NEAR(a.rhs[i], b.rhs[i], 1e-15 * std::fabs(a.rhs[i]));
        EXPECT_NEAR(a.d[i], b.d[i], 1e-15 * a.d[i]);
        EXPECT_NEAR(a.column("n")[i], b.column("n")[i], 1e-15);
    }
}

TEST(NmodlKernels, AKineticSchemeTakesTheImplicitStepAndKeepsItsSum) {
    SetOfOne s(catalogue().find("scheme"), 1, {0, 1, 2, 3, 4});
    s.initialise();
    const double c = 0.7, o = 0.2, z = 0.1, dt = 0.025;
    s.column("c").assign(8, c), s.column("o").assign(8, o), s.column("z").assign(8, z);

    s.step();

    for (std::size_t i = 0; i < 5; ++i) {
        const double a = std::exp(s.v[i] / 40), b = 0.5 * std::exp(-s.v[i] / 30);
        const double c1 = s.column("c")[i], o1 = s.column("o")[i], z1 = s.column("z")[i];
        EXPECT_NEAR(c1 + o1 + z1, 1, 1e-15);
        EXPECT_NEAR((c1 - c) / dt, -a * c1 + b * o1, 1e-12);
        EXPECT_NEAR((z1 - z) / dt, 0.3 * o1 - 0.1 * z1, 1e-12);
        EXPECT_NEAR(s.rhs[i], -0.002 * o * (s.v[i] - 10) * 100 / 500, 1e-15);  // nA on 500 um2
    }
}

TEST(NmodlKernels, SteadyStatesBalance) {
    SetOfOne s(catalogue().find("scheme"), 1, {0, 1, 2, 3, 4});

    s.initialise();

    for (std::size_t i = 0; i < 5; ++i) {
        const double a = std::exp(s.v[i] / 40), b = 0.5 * std::exp(-s.v[i] / 30);
        const double o = 1 / (1 + b / a + 3);
        EXPECT_NEAR(s.column("o")[i], o, 1e-7);  // NEURON's steady state is an implicit step of 1e9 ms
    }
}

TEST(NmodlKernels, ConstructorAndDestructorRunOnEachInstance) {
    const auto* m = catalogue().find("life");
    SetOfOne s(m, 2);

    s.call(m->construct);
    EXPECT_EQ(s.column("made")[15], 3);
    s.call(m->destruct);
    EXPECT_EQ(s.column("made")[15], -2);
}

TEST(NmodlCatalogue, NothingIsDoneTwice) {
    const auto folder = fs::temp_directory_path() / ("ngv-nmodl-cache-" + std::to_string(getpid()));
    fs::create_directories(folder);
    std::ofstream(folder / "gate.mod") << gate_file;
    CatalogueReport first, second;
    build_catalogue({folder}, {}, &first);

    const auto again = build_catalogue({folder}, {}, &second);

    EXPECT_EQ(first.translated, 1);
    EXPECT_EQ(second.translated, 0);
    EXPECT_EQ(second.compiled, 0);
    EXPECT_NE(listing(*again.get()).find("gate (density)\n    reads   ek\n    writes  ik\n    exports ik g inf n\n"),
              std::string::npos)
        << listing(*again.get());
    fs::remove_all(folder);
}

}  // namespace
}  // namespace ngv::nmodl
