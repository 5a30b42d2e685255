// What acts on synapses from outside: gliotransmitter, neuromodulators, spontaneous and replayed releases.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "ngv/error.hpp"
#include "tests/unit/neuron/tripartite_circuit.hpp"

namespace ngv::neuron {
namespace {

using test::pulses;
using test::report;
using test::SmallCircuit;
using test::tripartite;
using test::tripartite_simulation;

void run(SmallCircuit& c, const std::string& simulation) {
    run_standalone(MPI_COMM_WORLD, c.simulation("sim", simulation), c.folder() / "out", c.cells());
}

/// A virtual node that modulates the synapse of neuron 1 with 2 uM for 50 ms, and fires once, at 9 ms.
void add_modulator(SmallCircuit& c) {
    c.nodes("modulators", "virtual", 1);
    c.edges("modulation", "neuromodulatory", "modulators", "neurons", {{0, 1}},
            {{"afferent_section_id", {1}},
             {"afferent_section_pos", {0.5}},
             {"delay", {1}},
             {"neuromod_strength", {2}},
             {"neuromod_dtc", {50}}});
    c.spikes("modulators_spikes.h5", "modulators", {{9, 0}});
}
constexpr const char* modulator_fires =
    R"("replay": {"module": "synapse_replay", "input_type": "spikes", "spike_file": "modulators_spikes.h5", "node_set": "neurons"})";

TEST(SonataModulation, WithoutGliotransmissionASynapseKeepsItsUtilisation) {
    const auto c = tripartite("hoc:astrocyte");
    run(*c, tripartite_simulation({"use"}, pulses));

    for (double use : report(c->folder() / "out/use.h5", "neurons")) EXPECT_EQ(use, 1);
}

TEST(SonataModulation, CalciumOfAnAstrocyteLowersTheUtilisationOfTheSynapseItTouches) {
    const auto c = tripartite("hoc:astrocyte");
    run(*c,
        tripartite_simulation(
            {"gamma", "use"}, pulses,
            R"(, "gliotransmission": true, "mechanisms": {"Gliotransmission": {"calcium_threshold": 0.0500000002}})"));

    // Calcium starts at 0.05 uM and needs seconds for a wave; here its first rise counts.
    const auto gamma = report(c->folder() / "out/gamma.h5", "neurons"),
               use = report(c->folder() / "out/use.h5", "neurons");
    ASSERT_EQ(gamma.size(), 30u);
    ASSERT_EQ(use.size(), 30u);
    const auto first = static_cast<std::size_t>(
        std::find_if(gamma.begin(), gamma.end(), [](double g) { return g > 0; }) - gamma.begin());
    ASSERT_LT(first, 25u) << "calcium did not cross its threshold";
    EXPECT_EQ(gamma[0], 0);
    for (std::size_t k = 0; k < 30; ++k) EXPECT_NEAR(use[k], 1 - gamma[k], 1e-6);
    // One release: bound share 1 - exp(-binding G0 (1 - exp(-clearance s)) / clearance), s after it; unbinding takes minutes.
    const double binding = 1.5, clearance = 60, g0 = 1e3 * 6.5e-4 * 200 * 0.6;
    const auto bound = [&](double s) {
        return 1 - std::exp(-binding * g0 * (1 - std::exp(-clearance * s)) / clearance);
    };
    // When it came follows from the first frame; the later ones are then given.
    double s = 0;
    while (bound(s) < gamma[first]) s += 1e-6;
    for (std::size_t k = first; k < 30; ++k)
        EXPECT_NEAR(gamma[k], bound(s + 1e-3 * static_cast<double>(k - first)), 2e-3)
            << k;  // steps of 0.025 ms: first order
}

TEST(SonataModulation, ANeuromodulatorActsOnTheNearestSynapse) {
    const auto c = tripartite("hoc:astrocyte");
    c->nodes("modulators", "virtual", 2);
    c->edges("modulation", "neuromodulatory", "modulators", "neurons", {{0, 1}, {1, 1}},
             {{"afferent_section_id", {1}},
              {"afferent_section_pos", {0.52, 0.6}},
              {"delay", {1}},
              {"neuromod_strength", {2, 7}},
              {"neuromod_dtc", {50}}});
    c->spikes("modulators_spikes.h5", "modulators", {{9, 0}, {9, 1}});
    run(*c, tripartite_simulation({"modulator", "use"}, modulator_fires));

    const auto modulator = report(c->folder() / "out/modulator.h5", "neurons"),
               use = report(c->folder() / "out/use.h5", "neurons");
    ASSERT_EQ(modulator.size(), 30u);  // the second edge has no synapse within 0.05
    for (std::size_t k = 0; k < 30; ++k) {
        const double expected = k < 10 ? 0 : 2 * std::exp(-(static_cast<double>(k) - 10) / 50);
        if (k != 10) {  // a step
            EXPECT_NEAR(modulator[k], expected, 2 * 0.025 / 50 + 1e-6) << k;
        }
        EXPECT_NEAR(use[k], 1 - 0.5 * modulator[k] / (1 + modulator[k]), 1e-6) << k;
    }
}

TEST(SonataModulation, OverridesSayHowStrongANeuromodulatorIs) {
    const auto c = tripartite("hoc:astrocyte");
    add_modulator(*c);
    run(*c, tripartite_simulation(
                {"modulator"}, modulator_fires, "",
                R"(, "connection_overrides": [{"name": "all", "source": "neurons", "target": "neurons", "weight": 1},
 {"name": "strong", "source": "modulators", "target": "neurons", "neuromodulation_strength": 5, "neuromodulation_dtc": 10}])"));

    EXPECT_NEAR(report(c->folder() / "out/modulator.h5", "neurons").at(20), 5 * std::exp(-1), 5 * 0.025 / 10);
}

constexpr const char* plastic =
    R"(, "connection_overrides": [{"name": "plastic", "source": "neurons", "target": "neurons", "modoverride": "GluSynapse"}])";

TEST(SonataModulation, ANeuromodulatorScalesTheUtilisationOfASynapseWithPlasticity) {
    const auto c = tripartite("hoc:astrocyte", true);
    add_modulator(*c);
    run(*c, tripartite_simulation({"modulator", "factor"}, modulator_fires,
                                  R"(, "mechanisms": {"NeuroModulation": {"effect": 1.5}})", plastic));

    const auto modulator = report(c->folder() / "out/modulator.h5", "neurons"),
               factor = report(c->folder() / "out/factor.h5", "neurons");
    ASSERT_EQ(modulator.size(), 30u);
    ASSERT_EQ(factor.size(), 60u);  // two synapses, of which the modulator acts on one
    for (std::size_t k = 0; k < 30; ++k) {
        const double near =
            1 + 1.5 * modulator[k] / (1 + modulator[k]);  // above 1: the synapse itself caps its utilisation
        EXPECT_NEAR(std::max(factor[2 * k], factor[2 * k + 1]), near, 1e-6) << k;
        EXPECT_EQ(std::min(factor[2 * k], factor[2 * k + 1]), 1) << k;
    }
    EXPECT_GT(*std::max_element(factor.begin(), factor.end()), 1.9);
}

TEST(SonataModulation, CalciumOfAnAstrocyteLowersTheUtilisationOfASynapseWithPlasticity) {
    const auto c = tripartite("hoc:astrocyte", true);
    run(*c,
        tripartite_simulation(
            {"gamma", "factor"}, pulses,
            R"(, "gliotransmission": true, "mechanisms": {"Gliotransmission": {"calcium_threshold": 0.0500000002}})",
            plastic));

    const auto gamma = report(c->folder() / "out/gamma.h5", "neurons"),
               factor = report(c->folder() / "out/factor.h5", "neurons");
    ASSERT_EQ(gamma.size(), factor.size());
    EXPECT_GT(gamma.back(), 0.1);
    for (std::size_t k = 0; k < gamma.size(); ++k) EXPECT_NEAR(factor[k], 1 - gamma[k], 1e-6) << k;
}

TEST(SonataModulation, MinisComeWithTheirRate) {
    const auto c = tripartite("hoc:astrocyte");
    // 30 ms at 10 kHz
    run(*c, tripartite_simulation(
                {"glut"}, "", "",
                R"(, "connection_overrides": [{"source": "neurons", "target": "neurons", "spont_minis": 10000}])"));

    // Poisson: 300 (29 ms less the way), five standard deviations, failure probability 6e-7
    EXPECT_NEAR(report(c->folder() / "out/glut.h5", "astrocytes").back(), 10 * (29 - 0.6), 5 * std::sqrt(284.));
}

TEST(SonataModulation, ReplayedSpikesReleaseFromTheirDelayOn) {
    const auto c = tripartite("hoc:astrocyte");
    c->spikes("replayed.h5", "neurons", {{5, 0}, {12, 0}, {17, 0}, {20, 1}});
    run(*c,
        tripartite_simulation(
            {"glut"},
            R"("replay": {"module": "synapse_replay", "input_type": "spikes", "spike_file": "replayed.h5", "node_set": "neurons", "delay": 10})"));

    const auto glut = report(c->folder() / "out/glut.h5", "astrocytes");
    ASSERT_EQ(glut.size(), 30u);
    for (std::size_t k = 0; k < 30; ++k)
        EXPECT_EQ(glut[k], (static_cast<double>(k) > 13.5) + (static_cast<double>(k) > 18.5))
            << k;  // delays of 1 and 0.5 ms
}

TEST(SonataModulation, TwoModulatorsOfOneSynapseAreRefused) {
    const auto c = tripartite("hoc:astrocyte");
    add_modulator(*c);
    const auto config =
        c->simulation("sim", tripartite_simulation({}, modulator_fires, R"(, "gliotransmission": true)"));

    try {
        run_standalone(MPI_COMM_SELF, config, c->folder() / "refused", c->cells());
        FAIL() << "expected a UserError";
    } catch (const UserError& e) {
        EXPECT_NE(std::string(e.what()).find("cannot both act on one synapse"), std::string::npos) << e.what();
    }
}

}  // namespace
}  // namespace ngv::neuron
