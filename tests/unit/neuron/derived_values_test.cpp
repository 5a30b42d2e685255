// What kernels keep because it follows from parameters alone: it must follow when somebody sets one during the run.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "solvers/neuron/engine/simulation.hpp"
#include "solvers/neuron/nmodl/catalogue.hpp"
#include "tests/unit/neuron/tree_cells.hpp"

namespace ngv::neuron {

namespace {

constexpr double dt = 0.025;

/// x decays with the time constant tau of its compartment.
nmodl::Catalogue decay() {
    const auto folder = std::filesystem::temp_directory_path() / ("ngv_decay_" + std::to_string(getpid()));
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "decay.mod") << R"(
NEURON { SUFFIX decay RANGE tau }
PARAMETER { tau = 2 (ms) }
STATE { x }
INITIAL { x = 1 }
BREAKPOINT { SOLVE s METHOD cnexp }
DERIVATIVE s { x' = -x/tau }
)";
    auto result = nmodl::build_catalogue({folder / "decay.mod"});
    std::filesystem::remove_all(folder);
    return result;
}

/// A cable of 16 compartments, each with its own tau: 1, 1.5, 2, ... ms.
class DerivedValues : public ::testing::Test {
  protected:
    DerivedValues() : catalogue_(decay()), builder_({.dt = dt}) {
        builder_.add_catalogue(catalogue_.get());
        test::TreeCell cell({{160, 2, 16, 100}});
        std::vector<double> tau;
        for (int k = 0; k < 16; ++k) tau.push_back(1 + 0.5 * k);
        cell.insert("decay", cell.all_nodes(), {{"tau", tau}});
        cell_ = cell.share();
        builder_.add_cell(0, cell_);
    }
    Probe at(int compartment, const char* variable) const {
        return {.gid = 0, .node = cell_->node[static_cast<std::size_t>(compartment)], .variable = variable};
    }

    nmodl::Catalogue catalogue_;
    EngineBuilder builder_;
    std::shared_ptr<const Blueprint> cell_;
};

}  // namespace

TEST_F(DerivedValues, AreThoseOfEachCompartment) {
    ASSERT_NE(catalogue_.find("decay")->derive, nullptr);
    auto s = builder_.build(MPI_COMM_SELF);
    s->initialise();
    s->advance(200);

    for (int k = 0; k < 16; ++k) EXPECT_NEAR(*s->address(at(k, "decay.x")), std::exp(-5 / (1 + 0.5 * k)), 1e-13) << k;
}

TEST_F(DerivedValues, FollowAParameterThatIsPlayed) {
    builder_.play(at(3, "decay.tau"), Waveform::steps({0, 2.01}, {4, 1}));
    auto s = builder_.build(MPI_COMM_SELF);
    s->initialise();
    s->advance(200);

    EXPECT_NEAR(*s->address(at(3, "decay.x")), std::exp(-2.0 / 4 - 3.0), 1e-13);
    EXPECT_NEAR(*s->address(at(4, "decay.x")), std::exp(-5 / 3.0), 1e-13);
}

TEST_F(DerivedValues, FollowAParameterThatIsSetBetweenSteps) {
    builder_.expose("decay", "tau");
    auto s = builder_.build(MPI_COMM_SELF);
    s->initialise();
    s->advance(40);
    *s->address(at(5, "decay.tau")) = 0.5;
    s->advance(40);

    EXPECT_NEAR(*s->address(at(5, "decay.x")), std::exp(-1 / 3.5 - 1 / 0.5), 1e-13);
}

}  // namespace ngv::neuron
