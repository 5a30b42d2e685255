#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/circuit/built_circuit.hpp"

namespace ngv::circuit {
namespace {

EdgePopulation edges(const std::string& name) {
    return EdgePopulation(CircuitConfig::load(default_circuit() / "circuit_config.json").edge_population(name));
}

const char* const chemical = "neurons__neurons__chemical";
const char* const glial = "astrocytes__neurons__synapse_astrocyte";
const char* const endfoot = "vasculature__astrocytes__endfoot";
const char* const inputs = "inputs__neurons__chemical";

TEST(CircuitEdges, EveryNeuronHasAtLeast100Synapses) {
    const auto synapses = edges(chemical);

    std::vector<int> afferent(20, 0);
    for (const auto target : synapses.targets(all_edges(synapses))) ++afferent.at(static_cast<std::size_t>(target));

    for (const int n : afferent) EXPECT_GE(n, 100);
}

TEST(CircuitEdges, IndicesFindTheEdgesThatAScanFinds) {
    const std::map<std::string, std::pair<std::int64_t, std::int64_t>> sizes{
        {chemical, {20, 20}}, {glial, {6, 20}}, {inputs, {200, 20}}};
    for (const auto& [name, size] : sizes) {
        const auto population = edges(name);
        const auto ids = all_edges(population);
        const auto source = population.sources(ids), target = population.targets(ids);

        for (const bool incoming : {true, false})
            for (std::int64_t node = 0; node < (incoming ? size.second : size.first); ++node) {
                std::vector<std::int64_t> scan;
                for (std::size_t e = 0; e < ids.size(); ++e)
                    if ((incoming ? target : source)[e] == node) scan.push_back(ids[e]);
                const std::vector<std::int64_t> one{node};
                EXPECT_EQ((incoming ? population.afferent(one) : population.efferent(one)).edges, scan)
                    << name << " node " << node;
            }
    }
}

TEST(CircuitEdges, SynapsesLieWhereTheirSectionsSay) {
    const auto cells = placed_cells(default_circuit(), "neurons");
    const auto synapses = edges(chemical);
    const auto ids = all_edges(synapses);
    const auto source = synapses.sources(ids), target = synapses.targets(ids);

    for (const bool afferent : {true, false}) {
        const std::string side = afferent ? "afferent" : "efferent";
        const auto section = synapses.integers(side + "_section_id", ids),
                   type = synapses.integers(side + "_section_type", ids);
        const auto position = synapses.numbers(side + "_section_pos", ids);
        const auto centre = points_of(synapses, side + "_center");
        for (std::size_t e = 0; e < ids.size(); ++e) {
            const auto& cell = cells[static_cast<std::size_t>(afferent ? target[e] : source[e])];
            ASSERT_LT(distance(point_on(cell, section[e], position[e]), centre[e]), 0.01)
                << side << " edge " << e;  // decimals of the SWC
            ASSERT_EQ(cell.morphology.sections.at(static_cast<std::size_t>(section[e])).type, type[e]);
            ASSERT_EQ(type[e] == 2, !afferent);
        }
    }
}

TEST(CircuitEdges, SynapsesBridgeSmallGapsBetweenDifferentNeurons) {
    const auto synapses = edges(chemical);
    const auto ids = all_edges(synapses);
    const auto from = points_of(synapses, "efferent_surface"), to = points_of(synapses, "afferent_surface");
    const auto source = synapses.sources(ids), target = synapses.targets(ids);

    for (std::size_t e = 0; e < ids.size(); ++e) {
        ASSERT_NE(source[e], target[e]);
        ASSERT_LT(distance(from[e], to[e]), 3 * 3.5 + 2) << "edge " << e;
    }
}

TEST(CircuitEdges, ParametersAreInTheirRanges) {
    for (const char* name : {chemical, inputs}) {
        const auto synapses = edges(name);
        const auto ids = all_edges(synapses);
        const auto delay = synapses.numbers("delay", ids), u = synapses.numbers("u_syn", ids),
                   g = synapses.numbers("conductance", ids);
        for (std::size_t e = 0; e < ids.size(); ++e) {
            ASSERT_GE(delay[e], 0.5);
            ASSERT_NEAR(delay[e] / 0.025, std::round(delay[e] / 0.025), 1e-4);
            ASSERT_GT(u[e], 0);
            ASSERT_LT(u[e], 1);
            ASSERT_GT(g[e], 0);
        }
        for (const char* column :
             {"decay_time", "depression_time", "facilitation_time", "n_rrp_vesicles", "conductance_scale_factor"})
            for (const double value : synapses.numbers(column, ids)) ASSERT_GE(value, 0) << column;
    }
}

TEST(CircuitEdges, InhibitorySynapsesComeFromInhibitoryNeurons) {
    const NodePopulation neurons(
        CircuitConfig::load(default_circuit() / "circuit_config.json").node_population("neurons"));
    const auto classes = neurons.texts("synapse_class");
    const auto synapses = edges(chemical);
    const auto ids = all_edges(synapses);
    const auto type = synapses.integers("syn_type_id", ids), source = synapses.sources(ids);

    for (std::size_t e = 0; e < ids.size(); ++e)
        ASSERT_EQ(type[e] < 100, classes[static_cast<std::size_t>(source[e])] == "INH");
}

TEST(CircuitEdges, AstrocytesTouchSynapsesOfTheNeuronTheyNameNearTheirProcesses) {
    const auto contacts = edges(glial), synapses = edges(chemical);
    const auto astrocytes = placed_cells(default_circuit(), "astrocytes");
    const auto ids = all_edges(contacts);
    const auto synapse = contacts.integers("synapse_id", ids);
    const auto section = contacts.integers("astrocyte_section_id", ids), source = contacts.sources(ids);
    const auto position = contacts.numbers("astrocyte_section_pos", ids);
    const auto centre = points_of(contacts, "astrocyte_center"), where = points_of(synapses, "afferent_surface");

    EXPECT_GT(ids.size(), 100u);
    EXPECT_EQ(contacts.targets(ids), synapses.targets(synapse));
    for (std::size_t e = 0; e < ids.size(); ++e) {
        ASSERT_LT(distance(centre[e], where[static_cast<std::size_t>(synapse[e])]), 12 + 6);
        ASSERT_LT(
            distance(point_on(astrocytes[static_cast<std::size_t>(source[e])], section[e], position[e]), centre[e]),
            0.01);
    }
}

TEST(CircuitEdges, PopulationsWithoutEdgesHaveTheirColumns) {
    CircuitOptions options;
    options.out = scratch("alone");
    options.neurons = 1;
    options.astrocytes = 0;
    options.mesh_size = 40;

    build_circuit(options);

    const auto alone = CircuitConfig::load(options.out / "circuit_config.json");
    for (const char* name : {chemical, glial, endfoot}) {
        const EdgePopulation none(alone.edge_population(name)), some = edges(name);
        EXPECT_EQ(none.size(), 0) << name;
        EXPECT_EQ(none.attributes(), some.attributes()) << name;
        EXPECT_EQ(none.source_population(), some.source_population());
    }
}

TEST(CircuitEdges, EveryEndfootEndsOnTheWallOfItsVessel) {
    const auto feet = edges(endfoot);
    const NodePopulation vessels(
        CircuitConfig::load(default_circuit() / "circuit_config.json").node_population("vasculature"));
    const auto astrocytes = placed_cells(default_circuit(), "astrocytes");
    const auto ids = all_edges(feet);
    const auto vessel = feet.sources(ids), astrocyte = feet.targets(ids);
    auto section = feet.integers("astrocyte_section_id", ids);
    for (auto& s : section) ++s;  // of endfeet the ids do not count the soma
    const auto surface = points_of(feet, "endfoot_surface");
    const auto column = [&](const char* name) { return vessels.numbers(name, vessel); };
    const auto x0 = column("start_x"), y0 = column("start_y"), z0 = column("start_z"), d = column("start_diameter");
    const auto x1 = column("end_x"), y1 = column("end_y"), z1 = column("end_z");
    const auto length = feet.numbers("endfoot_compartment_length", ids);

    EXPECT_EQ(vessels.integers("section_id", vessel), feet.integers("vasculature_section_id", ids));
    EXPECT_EQ(vessels.integers("segment_id", vessel), feet.integers("vasculature_segment_id", ids));
    std::vector<int> num_feet(astrocytes.size(), 0);
    for (std::size_t e = 0; e < ids.size(); ++e) {
        ++num_feet[static_cast<std::size_t>(astrocyte[e])];
        const Vec3 a{x0[e], y0[e], z0[e]}, b{x1[e], y1[e], z1[e]};
        const double to_axis = distance(surface[e], a + nearest_on(a, b, surface[e]) * (b - a));
        EXPECT_NEAR(to_axis, d[e] / 2, 0.01);
        EXPECT_LT(distance(point_on(astrocytes[static_cast<std::size_t>(astrocyte[e])], section[e], 1), surface[e]),
                  0.01);
        EXPECT_LE(length[e], distance(a, b) + 1e-3);
        EXPECT_EQ(astrocytes[static_cast<std::size_t>(astrocyte[e])]
                      .morphology.sections[static_cast<std::size_t>(section[e])]
                      .type,
                  2);
    }
    for (const int n : num_feet) EXPECT_GE(n, 1);
}

}  // namespace
}  // namespace ngv::circuit
