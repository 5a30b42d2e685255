// What a circuit takes in memory: compartments of squid membrane, each cell with a shape of its own, connections, and stochastic synapses.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "solvers/neuron/engine/simulation.hpp"
#include "solvers/neuron/nmodl/catalogue.hpp"
#include "solvers/neuron/sonata/network.hpp"
#include "tests/unit/neuron/small_circuit.hpp"

namespace ngv::neuron {
namespace {

using test::SmallCircuit;

constexpr int shapes = 16, wired_shapes = 4, synapses_a_pair = 400;

/// A soma with an unbranched dendrite of 4 mm.
std::string morphology(int number) {
    std::string text = "1 1 0 0 0 6 -1\n";
    for (int i = 0; i < 100; ++i) text += fmt::format("{} 3 {} {} 0 1 {}\n", i + 2, 10 + 40 * i, number, i + 1);
    return text;
}

SimulationSize size_of(bool with_synapses) {
    SmallCircuit c("memory");
    c.models("Squid: {nseg: {max_length: 20}, mechanisms: {all: [hh]}, values: {all: {Ra: 100, cm: 1}}}\n");
    for (int n = 0; n < shapes; ++n) {
        c.morphology(fmt::format("m{}", n), morphology(n));
        c.nodes(fmt::format("cells{}", n), "biophysical", 1, {},
                {{"morphology", fmt::format("m{}", n)}, {"model_template", "hoc:Squid"}});
    }
    for (int n = 0; with_synapses && n < wired_shapes; ++n)
        for (int m = 0; m < wired_shapes; ++m) {
            const std::vector<std::pair<std::int64_t, std::int64_t>> pairs(synapses_a_pair, {0, 0});
            std::vector<double> place, conductance;
            for (int k = 0; k < synapses_a_pair; ++k) {
                place.push_back((k + 0.5) / synapses_a_pair);
                conductance.push_back(0.01 * k);
            }
            c.edges(fmt::format("from{}to{}", n, m), "chemical", fmt::format("cells{}", n), fmt::format("cells{}", m),
                    pairs,
                    {{"conductance", conductance},
                     {"decay_time", place},
                     {"delay", {1}},
                     {"syn_type_id", {120}},
                     {"u_syn", place},
                     {"depression_time", place},
                     {"facilitation_time", place},
                     {"n_rrp_vesicles", {1}},
                     {"afferent_section_id", {1}},
                     {"afferent_section_pos", place}});
        }
    const auto config =
        SimulationConfig::load(c.simulation("sim", R"("run": {"tstop": 1, "dt": 0.025, "random_seed": 1})"));
    Network network(MPI_COMM_SELF, config,
                    {.cells = c.cells().cells,
                     .catalogues = {nmodl::own_catalogue("base").get(), nmodl::own_catalogue("bbp").get()}});
    const auto simulation = network.builder().build(MPI_COMM_SELF);
    simulation->forget_shapes();
    simulation->initialise();
    simulation->advance(1);
    return simulation->size();
}

TEST(SonataMemory, ACompartmentOfSquidMembraneTakes120BytesAndAConnection24) {
    const auto alone = size_of(false), wired = size_of(true);

    ASSERT_GT(alone.compartments, 16 * 100);
    ASSERT_EQ(wired.connections, wired_shapes * wired_shapes * synapses_a_pair);
    EXPECT_LE(alone.bytes / static_cast<double>(alone.compartments), 120);
    EXPECT_LE(wired.connection_bytes / static_cast<double>(wired.connections), 24.1);  // and what they share
    // its state of release and of four conductances, its random stream, where it is, and its connection
    EXPECT_LE((wired.bytes - alone.bytes) / static_cast<double>(wired.points), 290);
}

}  // namespace
}  // namespace ngv::neuron
