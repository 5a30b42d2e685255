// The same cells with AVX2 and with AVX-512: the solver and the mechanisms of both, chosen at run time, agree to round-off.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "solvers/neuron/engine/simulation.hpp"
#include "solvers/neuron/nmodl/catalogue.hpp"
#include "tests/unit/neuron/tree_cells.hpp"

namespace ngv::neuron {
namespace {

/// NGV_SIMD for as long as it lives.
class Asked {
  public:
    explicit Asked(const char* set) {
        if (const char* now = std::getenv("NGV_SIMD")) before_ = now;
        setenv("NGV_SIMD", set, 1);
    }
    ~Asked() {
        if (before_)
            setenv("NGV_SIMD", before_->c_str(), 1);
        else
            unsetenv("NGV_SIMD");
    }

  private:
    std::optional<std::string> before_;
};

struct Result {
    std::string library;
    std::vector<double> v;  ///< mV of the soma, every 0.1 ms
};

/// Twelve cells of an implicit kinetic scheme and gates with exponentials, driven by synapses; each a little different.
Result run(const char* set) {
    const Asked asked(set);
    const auto base = nmodl::own_catalogue("base"), allen = nmodl::own_catalogue("allen");
    EngineBuilder b({.celsius = 34, .v_init = -80});
    b.add_catalogue(allen.get());
    b.add_catalogue(base.get());
    RecorderSpec spec;
    spec.every = 4;
    for (int gid = 0; gid < 12; ++gid) {
        test::TreeCell cell({{15, 15, 1, 100}, {200, 1.5, 9, 100, 0}, {120, 1, 3 + gid % 4, 100, 1}});
        for (const char* mechanism : {"pas", "NaV", "Kv3_1", "Ih", "Im_v2"}) cell.insert(mechanism, cell.all_nodes());
        cell.blueprint.ions = {{"na", cell.all_nodes(), {{"e", {53}}}}, {"k", cell.all_nodes(), {{"e", {-107}}}}};
        b.add_cell(gid, cell.share());
        const Point p = b.add_point(gid, cell.at(1, .5), "Exp2Syn", {{"tau1", 0.5}, {"tau2", 3 + 0.1 * gid}});
        b.add_spikes(100 + gid, {1 + 0.3 * gid, 8});
        b.add_connection(100 + gid, p, 1, {0.02});
        spec.columns.push_back({.gid = gid, .node = cell.at(0, .5)});
    }
    const int recorder = b.add_recorder(spec);
    const auto simulation = b.build(MPI_COMM_SELF);
    simulation->initialise();
    simulation->advance(600);
    return {allen.file().filename().string(), simulation->take_frames(recorder).values};
}

TEST(InstructionSets, AgreeToRoundOff) {
    if (!__builtin_cpu_supports("avx512dq")) GTEST_SKIP() << "this machine has AVX2 alone";

    const Result narrow = run("avx2"), wide = run("avx512");

    EXPECT_NE(narrow.library, wide.library);
    ASSERT_EQ(narrow.v.size(), wide.v.size());
    double highest = -100;
    for (std::size_t i = 0; i < wide.v.size(); ++i) {
        highest = std::max(highest, wide.v[i]);
        ASSERT_NEAR(narrow.v[i], wide.v[i], 1e-8) << i;  // round-off, as spikes make it grow
    }
    EXPECT_GT(highest, 0);
}

}  // namespace
}  // namespace ngv::neuron
