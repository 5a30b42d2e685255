// A small circuit from the builder, run alone: spikes, reports, replay, overrides, mistakes.
#include <gtest/gtest.h>

#include <fstream>

#include "ngv/error.hpp"
#include "solvers/common/hdf5.hpp"
#include "solvers/common/spikes.hpp"
#include "solvers/neuron/standalone.hpp"
#include "tests/unit/neuron/built_circuit.hpp"

namespace ngv::neuron {

namespace {

using test::rank_of_world;

class Circuit : public test::BuiltCircuit {
  protected:
    static std::filesystem::path write(const std::string& name, const std::string& text) {
        const auto file = folder() / "circuit" / name;
        if (rank_of_world() == 0) std::ofstream(file) << text;
        MPI_Barrier(MPI_COMM_WORLD);
        return file;
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

TEST_F(Circuit, ARunThatStoppedGoesOnWithTheSameSpikesAndReports) {
    const std::string more =
        R"(, "connection_overrides": [{"source": "Neurons", "target": "Neurons", "spont_minis": 5},
                                      {"source": "inputs", "target": "Neurons", "weight": 0},
                                      {"source": "inputs", "target": "Neurons", "weight": 1.5, "delay": 30}])";
    std::string until_21 = simulation(more);
    until_21.replace(until_21.find("\"tstop\": 50"), 11, "\"tstop\": 21");
    const auto config = write("whole.json", simulation(more)), early = write("early.json", until_21);
    const auto whole = folder() / "whole", state = folder() / "state.h5";
    run_standalone(MPI_COMM_WORLD, config, whole);
    const auto spikes = read_spikes(whole / "spikes.h5", "neurons");
    const auto frames = [](const std::filesystem::path& out, const char* report) {
        return h5::File::open(out / report).dataset("/report/neurons/data").read<double>();
    };
    ASSERT_GT(spikes.size(), 3u);

    // Stopped by all ranks and resumed by one, and the other way round.
    const auto own = folder() / ("own" + std::to_string(rank_of_world()));
    for (const bool one_first : {false, true}) {
        const auto first = folder() / (one_first ? "first_alone" : "first");
        const auto rest = one_first ? folder() / "rest" : own;
        if (!one_first || rank_of_world() == 0)
            run_standalone(one_first ? MPI_COMM_SELF : MPI_COMM_WORLD, early, first, {.checkpoints = {.file = state}});
        MPI_Barrier(MPI_COMM_WORLD);
        run_standalone(one_first ? MPI_COMM_WORLD : MPI_COMM_SELF, config, rest, {.checkpoints = {.resume = state}});

        auto joined = read_spikes(first / "spikes.h5", "neurons");
        EXPECT_LT(joined.size(), spikes.size());
        for (const auto& s : read_spikes(rest / "spikes.h5", "neurons")) joined.push_back(s);
        EXPECT_EQ(joined, spikes);
        for (const char* report : {"soma.h5", "potassium.h5"}) {
            auto values = frames(first, report);
            for (double x : frames(rest, report)) values.push_back(x);
            EXPECT_EQ(values, frames(whole, report)) << report;
        }
        EXPECT_EQ(h5::File::open(rest / "soma.h5").dataset("/report/neurons/mapping/time").read<double>(),
                  (std::vector<double>{21.5, 50, .5}));
        EXPECT_THROW(run_standalone(MPI_COMM_WORLD, config, rest, {.checkpoints = {.resume = state}}), UserError);
    }
}

TEST_F(Circuit, StatesAreKeptOnTheWayAndOnlyAtSteps) {
    const auto config = write("on_the_way.json", simulation(""));
    const auto state = folder() / "on_the_way.h5";

    run_standalone(MPI_COMM_WORLD, config, folder() / "on_the_way", {.checkpoints = {.file = state, .every = 15}});

    const auto file = h5::File::open(state);
    EXPECT_NEAR(file.number_attribute("time"), 45, 1e-9);
    EXPECT_EQ(file.text_attribute("model"), "astrocytes (2 cells), neurons (4 cells)");
    for (const double at : {50.3, 0.0, 10.01})
        EXPECT_THROW(
            run_standalone(MPI_COMM_WORLD, config, folder() / "never", {.checkpoints = {.file = state, .at = at}}),
            UserError);
}

TEST_F(Circuit, ReplayedSpikesReachOnlyTheNodeSetTheyAreMeantFor) {
    const std::string inputs =
        R"({"run": {"tstop": 40, "dt": 0.025, "random_seed": 1}, "network": "circuit_config.json",
 "inputs": {"replay": {"module": "synapse_replay", "input_type": "spikes", "spike_file": "inputs_spikes.h5", "delay": 0, "duration": 40, "node_set": "TARGET"}},
 "reports": {"v": {"cells": "Neurons", "variable_name": "v", "dt": 1}}})";
    const auto mean = [&](const std::string& target) {
        std::string text = inputs;
        text.replace(text.find("TARGET"), 6, target);
        const auto out = folder() / ("replay_" + target);
        run_standalone(MPI_COMM_WORLD, write("replay_" + target + ".json", text), out);
        const auto v = h5::File::open(out / "v.h5").dataset("/report/neurons/data").read<double>();
        double sum = 0;
        for (double x : v) sum += x / static_cast<double>(v.size());
        return sum;
    };

    const double all = mean("Neurons"), none = mean("Astrocytes");

    EXPECT_NE(all, none);
    EXPECT_LT(none, all);  // the inputs excite
}

TEST_F(Circuit, AnOverrideOfWeightZeroSilencesAPathwayAndADelayedOneWakesIt) {
    const auto spikes = [&](const std::string& name, const std::string& overrides) {
        const auto out = folder() / name;
        run_standalone(MPI_COMM_WORLD, write(name + ".json", simulation(", \"connection_overrides\": " + overrides)),
                       out);
        return h5::File::open(out / "soma.h5").dataset("/report/neurons/data").read<double>();
    };

    const auto plain = spikes("plain", "[]");
    const auto silent = spikes("silent", R"([{"source": "Neurons", "target": "Neurons", "weight": 0}])");
    const auto late = spikes("late", R"([{"source": "Neurons", "target": "Neurons", "weight": 0},
                                           {"source": "Neurons", "target": "Neurons", "weight": 1, "delay": 25}])");

    ASSERT_EQ(plain.size(), silent.size());
    EXPECT_NE(plain, silent);
    const std::size_t frame = plain.size() / 100;  // values a frame of 0.5 ms
    EXPECT_TRUE(std::equal(late.begin(), late.begin() + static_cast<std::ptrdiff_t>(50 * frame), silent.begin()));
    EXPECT_FALSE(std::equal(late.begin(), late.end(), silent.begin()));
}

TEST_F(Circuit, AnUnknownModuleIsNamedWithItsLine) {
    const auto config =
        write("wrong.json", R"({"run": {"tstop": 5, "dt": 0.025, "random_seed": 1}, "network": "circuit_config.json",
 "inputs": {"a": {"module": "nois", "node_set": "Neurons", "mean": 1}}})");

    try {
        run_standalone(MPI_COMM_SELF, config, folder() / ("wrong" + std::to_string(rank_of_world())));
        FAIL() << "expected a UserError";
    } catch (const UserError& e) {
        EXPECT_NE(std::string(e.what()).find("wrong.json:2: input 'a' has the module 'nois'"), std::string::npos)
            << e.what();
        EXPECT_NE(std::string(e.what()).find("did you mean 'noise'?"), std::string::npos) << e.what();
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
