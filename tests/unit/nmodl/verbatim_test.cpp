// The idioms of VERBATIM in real files, in the words of this project.
#include <gtest/gtest.h>

#include "ngv/error.hpp"
#include "solvers/neuron/nmodl/catalogue.hpp"

namespace ngv::nmodl {
namespace {

std::string translated(const std::string& text, bool allow = false) {
    Options options;
    options.allow_verbatim = allow;
    return translate_text("idiom.mod", text, options).text;
}

bool has(const std::string& text, const std::string& what) {
    return text.find(what) != std::string::npos;
}

TEST(NmodlVerbatim, AStreamInAPointerBecomesRandom) {
    const auto text = translated(R"(NEURON { POINT_PROCESS P BBCOREPOINTER rng RANGE x }
ASSIGNED { rng x }
VERBATIM
#include "nrnran123.h"
static void bbcore_write(double* d, int* i, int* a, int* b, _threadargsproto_) { if (d) { i[*b] = 1; } *b += 1; }
ENDVERBATIM
INITIAL {
VERBATIM
    if (_p_rng) { nrnran123_setseq((nrnran123_State*)_p_rng, 0, 0); }
ENDVERBATIM
    x = pick()
}
PROCEDURE seed() {
VERBATIM
    nrnran123_State** pv = (nrnran123_State**)(&_p_rng);
    *pv = nrnran123_newstream3((uint32_t)*getarg(1), (uint32_t)*getarg(2), (uint32_t)*getarg(3));
ENDVERBATIM
}
FUNCTION pick() {
VERBATIM
    _lpick = _p_rng ? nrnran123_dblpick((nrnran123_State*)_p_rng) : 0.;
ENDVERBATIM
}
)");

    EXPECT_TRUE(has(text, "random_uniform(q, q.random(0))"));
    EXPECT_TRUE(has(text, "random_setids(q.random(0), l_id1, l_id2, l_id3)"));
    EXPECT_TRUE(has(text, "random_setseq(q.random(0), 0.0)"));
    EXPECT_TRUE(has(text, ".num_randoms = 1"));
    EXPECT_TRUE(has(text, ".num_objects = 0"));
}

TEST(NmodlVerbatim, AVectorWhoseElementsAreTakenInTurnIsAnObject) {
    const auto text = translated(R"(NEURON { ARTIFICIAL_CELL S BBCOREPOINTER times }
ASSIGNED { i next (ms) times }
INITIAL { i = 0  take()  if (i > 0) { net_send(next - t, 1) } }
NET_RECEIVE (w) { if (flag == 1) { net_event(t)  take()  if (i > 0) { net_send(next - t, 1) } } }
PROCEDURE take() {
VERBATIM
    int k = (int)i;
    if (k >= 0) {
        void* vec = (void*)_p_times;
        if (vec && k < vector_capacity(vec)) { double* px = vector_vec(vec); next = px[k]; i += 1.; } else { i = -1.; }
    }
ENDVERBATIM
}
PROCEDURE play() {
VERBATIM
    if (ifarg(1)) { _p_times = vector_arg(1); }
ENDVERBATIM
}
)");

    EXPECT_TRUE(has(text, "q.vector_at(0, l_k)"));
    EXPECT_TRUE(has(text, ".num_objects = 1"));
    EXPECT_FALSE(has(text, "f_play"));
}

TEST(NmodlVerbatim, CWithVectorsAndLoopsIsReadAsNmodl) {
    const auto text = translated(R"(NEURON { ARTIFICIAL_CELL S RANGE rate, most BBCOREPOINTER bins }
ASSIGNED { rate most bins }
INITIAL {
VERBATIM
    double* px = vector_vec(_p_bins);
    int i;
    most = 0;
    for (i = 0; i < vector_capacity(_p_bins); i++) { if (px[i] > most) most = px[i]; }  // the largest
ENDVERBATIM
    rate = half()
}
FUNCTION half() {
VERBATIM
    int n = most;
    _lhalf = n/2 + n/2.;
    return _lhalf;
ENDVERBATIM
}
NET_RECEIVE (w) {
VERBATIM
    if (rate > 1) {
ENDVERBATIM
        net_event(t)
VERBATIM
    }
ENDVERBATIM
}
)");

    EXPECT_TRUE(has(text, "while (double(l_i < q.vector_size(0)) != 0)")) << text;
    EXPECT_TRUE(has(text, "l_n = f_trunc(q.column(1))")) << text;
    EXPECT_TRUE(has(text, "result_ = (f_trunc((l_n / 2.0)) + (l_n / 2.0))")) << text;
    EXPECT_TRUE(has(text, "if (double(q.column(0) > 1.0) != 0)")) << text;
    EXPECT_FALSE(has(text, "VERBATIM"));
}

TEST(NmodlVerbatim, APointerThatDependsOnTheRunIsRefused) {
    const std::string file = R"(NEURON { ARTIFICIAL_CELL S RANGE x BBCOREPOINTER a, b }
ASSIGNED { x a b }
INITIAL {
VERBATIM
    void* vv = _p_a;
    if (x > 0) { vv = _p_b; }
    x = vector_capacity(vv);
ENDVERBATIM
}
)";
    try {
        translated(file);
        FAIL();
    } catch (const UserError& error) {
        EXPECT_TRUE(has(error.what(), "idiom.mod:4:1: C in VERBATIM")) << error.what();
        EXPECT_TRUE(has(error.what(), "the pointer 'vv', which depends on how the statements run")) << error.what();
    }
}

TEST(NmodlVerbatim, AnEarlyReturnLeavesTheHandler) {
    const auto text = translated(R"(NEURON { POINT_PROCESS P }
ASSIGNED { n }
NET_RECEIVE (w) {
    if (!(w > 0)) {
VERBATIM
        return;
ENDVERBATIM
    }
    n = n + 1
}
)");

    EXPECT_TRUE(has(text, "return;\n"));
}

TEST(NmodlVerbatim, OtherCIsRefusedWithItsLineAndTakenOnRequest) {
    const std::string file =
        "NEURON { SUFFIX p RANGE x }\nASSIGNED { x }\nINITIAL {\nVERBATIM\n  x = sizeof(double);\nENDVERBATIM\n}\n";
    try {
        translated(file);
        FAIL();
    } catch (const UserError& error) {
        EXPECT_TRUE(has(error.what(), "idiom.mod:4:1: C in VERBATIM")) << error.what();
        EXPECT_TRUE(has(error.what(), "--allow-verbatim"));
    }
    EXPECT_TRUE(has(translated(file, true), "x = sizeof(double);"));
}

}  // namespace
}  // namespace ngv::nmodl
