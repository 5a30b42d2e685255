// Edges that nothing can activate cost nothing: no synapse, no connection, no byte of the engine.
#include <gtest/gtest.h>

#include "solvers/neuron/engine/simulation.hpp"
#include "solvers/neuron/nmodl/catalogue.hpp"
#include "solvers/neuron/sonata/network.hpp"
#include "tests/unit/neuron/small_circuit.hpp"

namespace ngv::neuron {
namespace {

using test::SmallCircuit;

constexpr std::int64_t sources = 50;
constexpr int edges_a_source = 40;

/// Two cells with a synapse between them, and maybe 2000 synapses of virtual nodes.
SimulationSize size_of(bool with_virtual, const std::string& rest) {
    SmallCircuit c("edges");
    c.morphology("ball", "1 1 0 0 0 5 -1\n");
    c.models("Ball: {mechanisms: {all: [pas]}, values: {all: {g_pas: 1e-4, e_pas: -70}}}\n");
    c.nodes("cells", "biophysical", 2, {}, {{"morphology", "ball"}, {"model_template", "hoc:Ball"}});
    const SmallCircuit::Numbers columns{
        {"conductance", {0.5}},         {"decay_time", {1.7}},   {"delay", {1}},
        {"syn_type_id", {120}},         {"u_syn", {0.5}},        {"depression_time", {100}},
        {"facilitation_time", {0}},     {"n_rrp_vesicles", {1}}, {"afferent_section_id", {0}},
        {"afferent_section_pos", {0.5}}};
    c.edges("local", "chemical", "cells", "cells", {{0, 1}}, columns);
    if (with_virtual) {
        c.nodes("outside", "virtual", sources);
        std::vector<std::pair<std::int64_t, std::int64_t>> pairs;
        for (std::int64_t s = 0; s < sources; ++s)
            for (int k = 0; k < edges_a_source; ++k) pairs.emplace_back(s, k % 2);
        c.edges("projections", "chemical", "outside", "cells", pairs, columns);
        c.spikes("outside_spikes.h5", "outside", {{5, 7}, {6, 9}, {7, 7}});
    }
    const auto config =
        SimulationConfig::load(c.simulation("sim", R"("run": {"tstop": 10, "dt": 0.025, "random_seed": 1})" + rest));
    Network network(MPI_COMM_SELF, config,
                    {.cells = c.cells().cells,
                     .catalogues = {nmodl::own_catalogue("base").get(), nmodl::own_catalogue("bbp").get()}});
    return network.builder().build(MPI_COMM_SELF)->size();
}

TEST(SonataEdges, FromVirtualNodesWithoutSpikesNothingIsMade) {
    const auto alone = size_of(false, ""), dead = size_of(true, "");

    EXPECT_EQ(dead.points, alone.points);
    EXPECT_EQ(dead.connections, alone.connections);
    EXPECT_EQ(dead.bytes, alone.bytes);
}

TEST(SonataEdges, OnlyEdgesOfNodesThatFireAreMade) {
    const std::string replay =
        R"(, "inputs": {"replay": {"module": "synapse_replay", "spike_file": "outside_spikes.h5", "node_set": "cells"}})";
    const auto alone = size_of(false, ""), two = size_of(true, replay);

    EXPECT_EQ(two.points, alone.points + 2 * edges_a_source);
    EXPECT_EQ(two.connections, alone.connections + 2 * edges_a_source);
}

TEST(SonataEdges, SpontaneousReleasesAreMadeWhereTheyAreAskedFor) {
    const std::string minis =
        R"(, "connection_overrides": [{"source": "cells", "target": "cells"}, {"source": "outside", "target": "cells", "spont_minis": 5000}])";
    const auto alone = size_of(false, ""), all = size_of(true, minis);

    EXPECT_EQ(all.points, alone.points + sources * edges_a_source);
    EXPECT_EQ(all.connections,
              alone.connections + sources * edges_a_source);  // of the minis; virtual nodes do not fire
}

TEST(SonataEdges, APathwayOfWeightZeroIsNotMade) {
    const auto none =
        size_of(false, R"(, "connection_overrides": [{"source": "cells", "target": "cells", "weight": 0}])");
    const auto later = size_of(
        false,
        R"(, "connection_overrides": [{"source": "cells", "target": "cells", "weight": 0}, {"source": "cells", "target": "cells", "weight": 1, "delay": 5}])");

    EXPECT_EQ(none.points, 0);
    EXPECT_EQ(none.connections, 0);
    EXPECT_EQ(later.points, 1);
}

}  // namespace
}  // namespace ngv::neuron
