// A small circuit from the builder, run alone: spikes, reports, contacts, endfeet, mistakes.
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "solvers/common/hdf5.hpp"
#include "solvers/common/spikes.hpp"
#include "solvers/neuron/model/segments.hpp"
#include "solvers/neuron/standalone.hpp"
#include "tests/unit/neuron/test_cells.hpp"
#include "tools/circuit/circuit.hpp"

namespace ngv::neuron {

namespace {

int rank_of_world() {
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    return rank;
}

/// A folder that all ranks share, with a circuit of 4 neurons and 2 astrocytes in it; gone at the end.
class Circuit : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        int pid = getpid();
        MPI_Bcast(&pid, 1, MPI_INT, 0, MPI_COMM_WORLD);
        folder() = std::filesystem::temp_directory_path() / ("ngv_neuron_test_" + std::to_string(pid));
        if (rank_of_world() == 0) {
            std::filesystem::create_directories(folder());
            CircuitOptions options;
            options.out = folder() / "circuit";
            options.neurons = 4;
            options.astrocytes = 2;
            options.mesh_size = 40;
            options.duration = 200;
            build_circuit(options);
        }
        MPI_Barrier(MPI_COMM_WORLD);
    }
    static void TearDownTestSuite() {
        MPI_Barrier(MPI_COMM_WORLD);
        if (rank_of_world() == 0) std::filesystem::remove_all(folder());
    }
    static std::filesystem::path& folder() {
        static std::filesystem::path path;
        return path;
    }
    static std::filesystem::path write(const std::string& name, const std::string& text) {
        const auto file = folder() / "circuit" / name;
        if (rank_of_world() == 0) std::ofstream(file) << text;
        MPI_Barrier(MPI_COMM_WORLD);
        return file;
    }
    static Model model(MPI_Comm comm) {
        Inputs inputs;
        inputs.poisson_by_attribute = true;
        return build_model(comm, CircuitConfig::load(folder() / "circuit" / "circuit_config.json"),
                           default_parameters(), inputs, 1);
    }
};

std::string simulation(const std::string& extra) {
    return R"({"run": {"tstop": 50, "dt": 0.025, "random_seed": 1, "spike_threshold": -20},
 "conditions": {"celsius": 34, "v_init": -70},
 "network": "circuit_config.json",
 "inputs": {"step": {"module": "linear", "input_type": "current_clamp", "node_set": "Neurons", "delay": 5, "duration": 40, "amp_start": 0.4},
            "background": {"module": "poisson", "input_type": "spikes", "source": "inputs", "rate": 20}},
 "reports": {"soma": {"cells": "Neurons", "sections": "soma", "variable_name": "v", "dt": 0.5},
             "potassium": {"cells": "Neurons", "sections": "all", "variable_name": "ki", "dt": 5}},
 "output": {"spikes_file": "spikes.h5"})" +
           extra + "}";
}

}  // namespace

TEST_F(Circuit, RunsAloneAndSpikesAreTheSameOnOneRank) {
    const auto config = write("test.json", simulation(""));
    const auto together = folder() / "together", alone = folder() / ("alone" + std::to_string(rank_of_world()));

    const auto result = run_standalone(MPI_COMM_WORLD, config, together);
    run_standalone(MPI_COMM_SELF, config, alone);

    EXPECT_GT(result.spikes, 3);
    EXPECT_EQ(read_spikes(together / "spikes.h5", "neurons"), read_spikes(alone / "spikes.h5", "neurons"));
    const auto a = h5::File::open(together / "soma.h5").dataset("/report/neurons/data").read<double>();
    const auto b = h5::File::open(alone / "soma.h5").dataset("/report/neurons/data").read<double>();
    EXPECT_EQ(a.size(), 100u * 4);
    EXPECT_EQ(a, b);
    EXPECT_EQ(h5::File::open(together / "potassium.h5").dataset("/report/neurons/data").rows(), 10);
}

TEST_F(Circuit, GivesEachEndfootTheRadiusOfItsVesselAndKeepsItAtRest) {
    Model m = model(MPI_COMM_WORLD);
    m.network->initialise();
    const auto& glia = m.network->astrocytes();
    int feet = static_cast<int>(glia.endfeet().size());
    for (std::size_t e = 0; e < glia.endfeet().size(); ++e) {
        EXPECT_GT(glia.endfeet()[e].radius, 0.5);
        EXPECT_EQ(glia.walls()[e].radius(), glia.endfeet()[e].radius);
        EXPECT_NEAR(glia.walls()[e].radius_rate(), 0, 1e-12);
    }
    MPI_Allreduce(MPI_IN_PLACE, &feet, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
    EXPECT_GT(feet, 0);
}

TEST_F(Circuit, PlacesSegmentsInTheTissue) {
    Model m = model(MPI_COMM_WORLD);
    const Segments segments(m);
    ASSERT_EQ(segments.first.size(), m.cells.size() + 1);
    for (const auto& cell : m.cells) {
        const auto pieces = placed_pieces(cell, 0);
        ASSERT_FALSE(pieces.empty());
        for (int d = 0; d < 3; ++d) EXPECT_NEAR(pieces[d], cell.placement.position[d], 20);
    }
}

TEST_F(Circuit, AllUnsupportedThingsOfASimulationAreNamedAtOnce) {
    const auto config =
        write("wrong.json", R"({"run": {"tstop": 5, "dt": 0.025, "random_seed": 1}, "network": "circuit_config.json",
 "inputs": {"a": {"module": "noise", "node_set": "Neurons", "mean": 1}}, "connection_overrides": []})");

    try {
        run_standalone(MPI_COMM_SELF, config, folder() / ("wrong" + std::to_string(rank_of_world())));
        FAIL() << "expected a UserError";
    } catch (const UserError& e) {
        EXPECT_EQ(e.problems().size(), 2u) << e.what();
        EXPECT_NE(std::string(e.what()).find("module 'noise'"), std::string::npos);
        EXPECT_NE(std::string(e.what()).find("connection_overrides"), std::string::npos);
    }
}

TEST_F(Circuit, AMisspeltNodeSetIsNamedWithTheNearest) {
    const auto config =
        write("misspelt.json", R"({"run": {"tstop": 5, "dt": 0.025, "random_seed": 1}, "network": "circuit_config.json",
 "inputs": {"a": {"module": "linear", "node_set": "Nuerons", "amp_start": 1, "delay": 0, "duration": 1}}})");

    try {
        run_standalone(MPI_COMM_SELF, config, folder() / ("misspelt" + std::to_string(rank_of_world())));
        FAIL() << "expected a UserError";
    } catch (const UserError& e) {
        EXPECT_NE(std::string(e.what()).find("Neurons"), std::string::npos) << e.what();
    }
}

}  // namespace ngv::neuron
