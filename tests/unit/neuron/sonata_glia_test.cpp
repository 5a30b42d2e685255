// Astrocytes in SONATA simulations: contacts count releases, endfeet are sections that hold their vessel's wall.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "ngv/error.hpp"
#include "solvers/common/spikes.hpp"
#include "solvers/neuron/engine/simulation.hpp"
#include "solvers/neuron/nmodl/catalogue.hpp"
#include "solvers/neuron/sonata/network.hpp"
#include "tests/unit/neuron/small_circuit.hpp"

namespace ngv::neuron {
namespace {

using test::report;
using test::SmallCircuit;

/// Neuron 0 fires and has two synapses on neuron 1: one excites, one inhibits; an astrocyte touches both in the middle of its process of
/// 200 um, at whose end is an endfoot on a vessel of 7 um diameter.
std::unique_ptr<SmallCircuit> tripartite(const std::string& astrocyte) {
    auto c = std::make_unique<SmallCircuit>("glia");
    c->morphology("neuron", "1 1 0 0 0 10 -1\n2 3 10 0 0 1 1\n3 3 110 0 0 1 2\n");
    c->morphology("glia", "1 1 0 0 0 5 -1\n2 2 5 0 0 1 1\n3 2 105 0 0 1 2\n4 2 205 0 0 1 3\n");
    c->models(R"(
Cell:
  mechanisms: {somatic: [hh, pas], basal: [pas]}
  values: {all: {Ra: 100, g_pas: 0.0003, e_pas: -65}}
)");
    c->nodes("neurons", "biophysical", 2, {}, {{"morphology", "neuron"}, {"model_template", "hoc:Cell"}});
    c->nodes("astrocytes", "astrocyte", 1, {}, {{"morphology", "glia"}, {"model_template", astrocyte}});
    c->nodes("vessels", "vasculature", 2, {{"start_diameter", {3, 6}}, {"end_diameter", {3, 8}}});
    c->edges("synapses", "chemical", "neurons", "neurons", {{0, 1}, {0, 1}},
             {{"conductance", {0.5}},
              {"decay_time", {1.7}},
              {"delay", {1}},
              {"syn_type_id", {120, 20}},
              {"u_syn", {1}},
              {"depression_time", {1e-6}},
              {"facilitation_time", {0}},
              {"n_rrp_vesicles", {1}},
              {"afferent_section_id", {1}},
              {"afferent_section_pos", {0.5}}});
    c->edges("contacts", "synapse_astrocyte", "astrocytes", "neurons", {{0, 1}, {0, 1}},
             {{"astrocyte_section_id", {1}},
              {"astrocyte_segment_id", {0}},
              {"astrocyte_segment_offset", {99}},
              {"synapse_id", {0, 1}}},
             {{"synapse_population", "synapses"}});
    c->edges("endfeet", "endfoot", "vessels", "astrocytes", {{1, 0}},
             {{"astrocyte_section_id", {1}},
              {"endfoot_compartment_length", {10}},
              {"endfoot_compartment_diameter", {3}},
              {"endfoot_compartment_perimeter", {12}}});
    return c;
}

std::string body(const std::string& extra = "") {
    return R"("run": {"tstop": 60, "dt": 0.025, "random_seed": 1, "spike_threshold": -20},
 "conditions": {"celsius": 6.3, "v_init": -65)" +
           extra + R"(},
 "inputs": {"pulses": {"module": "pulse", "input_type": "current_clamp", "node_set": {"population": "neurons", "node_id": 0},
                     "delay": 2, "duration": 55, "amp_start": 2, "width": 1, "frequency": 50}},
 "reports": {"glut": {"type": "synapse", "cells": "astrocytes", "sections": "all", "variable_name": "GlutReceive.glut", "dt": 1},
             "contact": {"cells": "astrocytes", "sections": "all", "variable_name": "contact_glia_calcium", "dt": 1},
             "ca": {"cells": "astrocytes", "sections": "all", "variable_name": "cai_cadifus", "dt": 1},
             "radius": {"cells": "astrocytes", "sections": "all", "variable_name": "Rad_vascouplingB", "dt": 1},
             "wall": {"type": "synapse", "cells": "astrocytes", "sections": "all", "variable_name": "VesselWall.radius", "dt": 1}})";
}

NetworkOptions options(const SmallCircuit& c) {
    return {.cells = c.cells().cells,
            .catalogues = {nmodl::own_catalogue("base").get(), nmodl::own_catalogue("bbp").get()}};
}

TEST(SonataGlia, EveryReleaseOfAnExcitatorySynapseIsCountedAtItsContact) {
    const auto c = tripartite("hoc:astrocyte");
    run_standalone(MPI_COMM_WORLD, c->simulation("sim", body()), c->folder() / "out", c->cells());

    const auto spikes = read_spikes(c->folder() / "out/out.h5", "neurons");
    const auto arrived = std::count_if(spikes.begin(), spikes.end(),
                                       [](const auto& s) { return s.node_id == 0 && s.time_ms < 59 - 1.5 - 0.1; });
    const auto glut = report(c->folder() / "out/glut.h5", "astrocytes");
    ASSERT_EQ(glut.size(), 60u);  // one receiver: the inhibitory synapse has none of its own
    EXPECT_GT(arrived, 2);
    EXPECT_EQ(glut.back(), static_cast<double>(arrived));
}

TEST(SonataGlia, CalciumRisesWhereTheContactIs) {
    const auto c = tripartite("hoc:astrocyte");
    run_standalone(MPI_COMM_WORLD, c->simulation("sim", body()), c->folder() / "out", c->cells());

    const auto ip3 = report(c->folder() / "out/ca.h5", "astrocytes");
    const std::size_t compartments = 1 + 11 + 1;
    ASSERT_EQ(ip3.size(), 60 * compartments);
    const auto last = ip3.end() - static_cast<std::ptrdiff_t>(compartments);
    EXPECT_EQ(std::max_element(last, ip3.end()) - last, 1 + 5);  // section 1 at 100 um of 200
}

TEST(SonataGlia, ContactsRaiseGlutamateOfTheProjectsOwnAstrocytes) {
    const auto c = tripartite("ngv:astrocyte");
    run_standalone(MPI_COMM_WORLD, c->simulation("sim", body()), c->folder() / "out", c->cells());

    const auto level = report(c->folder() / "out/contact.h5", "astrocytes");
    const std::size_t compartments = 1 + 11 + 1;
    ASSERT_EQ(level.size(), 60 * compartments);
    for (std::size_t k = 0; k < compartments; ++k) EXPECT_EQ(level[59 * compartments + k] > 0, k == 6) << k;
    const auto wall = report(c->folder() / "out/wall.h5", "astrocytes");
    ASSERT_EQ(wall.size(), 60u);
    for (double radius : wall) EXPECT_NEAR(radius, 3.5, 3.5e-5);
}

TEST(SonataGlia, AnEndfootIsASectionAtTheEndOfItsProcess) {
    const auto c = tripartite("hoc:astrocyte");
    const auto config = SimulationConfig::load(c->simulation("sim", body()));
    Network network(MPI_COMM_SELF, config, options(*c));

    const auto gid = network.nodes().population("astrocytes").gid(0);
    const auto& foot = network.endfeet().at(gid).at(0);
    const Blueprint& b = network.blueprint(gid);
    EXPECT_EQ(foot.section, 2);
    EXPECT_EQ(b.num_compartments(), 13);
    EXPECT_EQ(b.area[static_cast<std::size_t>(foot.node)], 120);  // perimeter x length
    EXPECT_NEAR(b.volume[static_cast<std::size_t>(foot.node)], std::numbers::pi / 4 * 90, 1e-12);
    const int end = b.parent[static_cast<std::size_t>(foot.node)];
    EXPECT_EQ(b.parent[static_cast<std::size_t>(end)], b.node[11]);
    EXPECT_NEAR(b.rinv[static_cast<std::size_t>(foot.node)], std::numbers::pi / 4 * 9 / (1e-2 * 100 * 5), 1e-12);
}

TEST(SonataGlia, AVesselStaysAtItsOwnRadiusUntilSomethingHappens) {
    const auto c = tripartite("hoc:astrocyte");
    run_standalone(MPI_COMM_WORLD, c->simulation("sim", body()), c->folder() / "out", c->cells());

    const auto radius = report(c->folder() / "out/radius.h5", "astrocytes");
    ASSERT_EQ(radius.size(), 60u);
    for (double r : radius) EXPECT_NEAR(r, 3.5, 3.5e-6);
}

TEST(SonataGlia, PublishedStartRadiiAreAModification) {
    const auto c = tripartite("hoc:astrocyte");
    run_standalone(
        MPI_COMM_WORLD,
        c->simulation(
            "sim",
            body(R"(, "modifications": [{"name": "start", "type": "configure_all_sections", "node_set": "astrocytes",
                                      "section_configure": "%s.Rad0_vascouplingB = 14.7"}])")),
        c->folder() / "out", c->cells());

    EXPECT_FLOAT_EQ(static_cast<float>(report(c->folder() / "out/radius.h5", "astrocytes").front()), 14.7f);
}

TEST(SonataGlia, ReportsDoNotDependOnTheNumberOfRanks) {
    const auto c = tripartite("hoc:astrocyte");
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    const auto config = c->simulation("sim", body());
    const auto alone = c->folder() / ("alone" + std::to_string(rank));
    run_standalone(MPI_COMM_WORLD, config, c->folder() / "out", c->cells());
    run_standalone(MPI_COMM_SELF, config, alone, c->cells());

    for (const char* name : {"glut.h5", "ca.h5", "radius.h5"})
        EXPECT_EQ(report(c->folder() / "out" / name, "astrocytes"), report(alone / name, "astrocytes")) << name;
}

TEST(SonataGlia, AnEndfootOnASectionThatIsNotThereIsNamed) {
    const auto c = tripartite("hoc:astrocyte");
    c->edges(
        "more_endfeet", "endfoot", "vessels", "astrocytes", {{1, 0}},
        {{"astrocyte_section_id", {7}}, {"endfoot_compartment_length", {10}}, {"endfoot_compartment_diameter", {3}}});
    const auto config = SimulationConfig::load(c->simulation("sim", body()));

    try {
        Network(MPI_COMM_SELF, config, options(*c));
        FAIL() << "expected a UserError";
    } catch (const UserError& e) {
        EXPECT_NE(std::string(e.what()).find("is on section 7 of an astrocyte that has sections 0 to 1"),
                  std::string::npos)
            << e.what();
    }
}

}  // namespace
}  // namespace ngv::neuron
