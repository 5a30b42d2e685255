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
#include "tests/unit/neuron/tripartite_circuit.hpp"

namespace ngv::neuron {
namespace {

using test::pulses;
using test::report;
using test::SmallCircuit;
using test::tripartite;
using test::tripartite_simulation;

NetworkOptions options(const SmallCircuit& c) {
    return {.cells = c.cells().cells,
            .catalogues = {nmodl::own_catalogue("base").get(), nmodl::own_catalogue("bbp").get()}};
}

TEST(SonataGlia, AReleaseIsCountedAndRaisesCalciumWhereItsContactIsAndAVesselStaysAtItsOwnRadius) {
    const auto c = tripartite("hoc:astrocyte");
    run_standalone(MPI_COMM_WORLD, c->simulation("sim", tripartite_simulation({"glut", "ca", "radius"}, pulses)),
                   c->folder() / "out", c->cells());

    const auto spikes = read_spikes(c->folder() / "out/out.h5", "neurons");
    const auto arrived = std::count_if(spikes.begin(), spikes.end(),
                                       [](const auto& s) { return s.node_id == 0 && s.time_ms < 29 - 1.5 - 0.1; });
    const auto glut = report(c->folder() / "out/glut.h5", "astrocytes");
    ASSERT_EQ(glut.size(), 30u);  // one receiver: the inhibitory synapse has none of its own
    EXPECT_GE(arrived, 2);
    EXPECT_EQ(glut.back(), static_cast<double>(arrived));

    const auto ca = report(c->folder() / "out/ca.h5", "astrocytes");
    const std::size_t compartments = 1 + 11 + 1;
    ASSERT_EQ(ca.size(), 30 * compartments);
    const auto last = ca.end() - static_cast<std::ptrdiff_t>(compartments);
    EXPECT_EQ(std::max_element(last, ca.end()) - last, 1 + 5);  // section 1 at 100 um of 200

    const auto radius = report(c->folder() / "out/radius.h5", "astrocytes");
    ASSERT_EQ(radius.size(), 30u);
    for (double r : radius) EXPECT_NEAR(r, 3.5, 3.5e-6);
}

TEST(SonataGlia, ContactsRaiseGlutamateOfTheProjectsOwnAstrocytes) {
    const auto c = tripartite("ngv:astrocyte");
    run_standalone(MPI_COMM_WORLD, c->simulation("sim", tripartite_simulation({"contact", "wall"}, pulses)),
                   c->folder() / "out", c->cells());

    const auto level = report(c->folder() / "out/contact.h5", "astrocytes");
    const std::size_t compartments = 1 + 11 + 1;
    ASSERT_EQ(level.size(), 30 * compartments);
    for (std::size_t k = 0; k < compartments; ++k) EXPECT_EQ(level[29 * compartments + k] > 0, k == 6) << k;
    const auto wall = report(c->folder() / "out/wall.h5", "astrocytes");
    ASSERT_EQ(wall.size(), 30u);
    for (double radius : wall) EXPECT_NEAR(radius, 3.5, 3.5e-5);
}

TEST(SonataGlia, TheDelayAtAContactCanBeAnother) {
    const auto c = tripartite("hoc:astrocyte");
    const auto counts = [&](const std::string& conditions, const std::string& out) {
        run_standalone(MPI_COMM_WORLD, c->simulation("sim", tripartite_simulation({"glut"}, pulses, conditions)),
                       c->folder() / out, c->cells());
        return report(c->folder() / out / "glut.h5", "astrocytes");
    };
    const auto usual = counts("", "usual"), late = counts(R"(, "contact_delay": 5.5)", "late");

    ASSERT_EQ(usual.size(), 30u);
    EXPECT_GT(usual[24], 0);
    for (std::size_t k = 5; k < 30; ++k) EXPECT_EQ(late[k], usual[k - 5]) << k;  // 0.5 ms is the usual one
    EXPECT_THROW(SimulationConfig::load(
                     c->simulation("sim", tripartite_simulation({"glut"}, pulses, R"(, "contact_delay": 0)"))),
                 UserError);
}

TEST(SonataGlia, AnEndfootIsASectionAtTheEndOfItsProcess) {
    const auto c = tripartite("hoc:astrocyte");
    const auto config = SimulationConfig::load(c->simulation("sim", tripartite_simulation({}, pulses)));
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

TEST(SonataGlia, PublishedStartRadiiAreAModification) {
    const auto c = tripartite("hoc:astrocyte");
    run_standalone(
        MPI_COMM_WORLD,
        c->simulation(
            "sim",
            tripartite_simulation(
                {"radius"}, pulses,
                R"(, "modifications": [{"name": "start", "type": "configure_all_sections", "node_set": "astrocytes",
                                      "section_configure": "%s.Rad0_vascouplingB = 14.7"}])")),
        c->folder() / "out", c->cells());

    EXPECT_FLOAT_EQ(static_cast<float>(report(c->folder() / "out/radius.h5", "astrocytes").front()), 14.7f);
}

TEST(SonataGlia, ReportsDoNotDependOnTheNumberOfRanks) {
    const auto c = tripartite("hoc:astrocyte");
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    const auto config = c->simulation("sim", tripartite_simulation({"glut", "ca", "radius"}, pulses));
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
    const auto config = SimulationConfig::load(c->simulation("sim", tripartite_simulation({}, pulses)));

    try {
        Network(MPI_COMM_SELF, config, options(*c));
        FAIL() << "expected a UserError";
    } catch (const UserError& e) {
        EXPECT_NE(std::string(e.what()).find("is on section 7 of an astrocyte whose processes have sections 0 to 0"),
                  std::string::npos)
            << e.what();
    }
}

}  // namespace
}  // namespace ngv::neuron
