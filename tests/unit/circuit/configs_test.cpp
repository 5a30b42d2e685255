#include <gtest/gtest.h>

#include "coupler/config/config.hpp"
#include "ngv/error.hpp"
#include "tests/unit/circuit/built_circuit.hpp"

namespace ngv::circuit {
namespace {

TEST(Circuit, TheSameSeedGivesTheSameBytes) {
    CircuitOptions options;
    options.out = scratch("again");

    build_circuit(options);

    const auto first = bytes_below(default_circuit()), second = bytes_below(options.out);
    ASSERT_EQ(first.size(), second.size());
    EXPECT_GT(first.size(), 35u);
    for (const auto& [name, bytes] : first) EXPECT_TRUE(second.at(name) == bytes) << name;
}

TEST(Circuit, AnotherSeedGivesAnotherCircuit) {
    CircuitOptions options;
    options.out = scratch("seed_2");
    options.seed = 2;

    build_circuit(options);

    auto first = bytes_below(default_circuit()), second = bytes_below(options.out);
    for (const char* file : {"nodes/neurons.h5", "nodes/vasculature.h5", "edges/neurons__neurons__chemical.h5",
                             "inputs_spikes.h5", "morphologies/neuron_00000.swc"})
        EXPECT_FALSE(first.at(file) == second.at(file)) << file;
}

TEST(Circuit, AFolderThatIsNotEmptyIsRefused) {
    CircuitOptions options;
    options.out = default_circuit();
    options.neurons = 0;

    try {
        build_circuit(options);
        FAIL() << "the circuit that is there would have been overwritten";
    } catch (const UserError& error) {
        EXPECT_EQ(error.problems().size(), 2u) << error.what();
    }
}

TEST(Circuit, WhatCannotBeFinishedLeavesNoCircuit) {
    CircuitOptions options;
    options.out = scratch("crowded");
    options.neurons = 2000;
    options.box = {100, 100, 100};

    EXPECT_THROW(build_circuit(options), UserError);

    EXPECT_FALSE(std::filesystem::exists(options.out));
}

TEST(Circuit, ConfigNamesEveryPopulationWithItsType) {
    const auto circuit = CircuitConfig::load(default_circuit() / "circuit_config.json");

    EXPECT_EQ(circuit.node_population("neurons").type, "biophysical");
    EXPECT_EQ(circuit.node_population("astrocytes").type, "astrocyte");
    EXPECT_EQ(circuit.node_population("vasculature").type, "vasculature");
    EXPECT_EQ(circuit.node_population("inputs").type, "virtual");
    EXPECT_EQ(circuit.edges_of_type("chemical").size(), 2u);
    EXPECT_EQ(circuit.edges_of_type("synapse_astrocyte").size(), 1u);
    EXPECT_EQ(circuit.edges_of_type("endfoot").size(), 1u);
}

TEST(Circuit, ItsScenarioIsValidAndNamesFilesThatExist) {
    const auto scenario = Config::load(default_circuit() / "tissue.yaml", "scenario");

    EXPECT_TRUE(std::filesystem::equivalent(scenario.path("circuit"), default_circuit() / "circuit_config.json"));
    EXPECT_TRUE(std::filesystem::exists(scenario["participants"]["rd"].path("mesh")));
    EXPECT_EQ(scenario.ticks("duration"), 1'000'000'000);
}

}  // namespace
}  // namespace ngv::circuit
