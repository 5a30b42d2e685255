// Which states of a run are complete, and which of them another run can begin with.
#include "coupler/checkpoint/states.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "ngv/error.hpp"

namespace {

namespace fs = std::filesystem;
using namespace ngv;
using checkpoint::States;

/// A folder with a scenario of two participants, of which `rd` leads by half a window of 10 ms.
class StatesTest : public testing::Test {
  protected:
    StatesTest() : folder_(fs::temp_directory_path() / ("ngv_states_" + std::to_string(getpid()))) {
        fs::remove_all(folder_);
        fs::create_directories(folder_);
    }
    ~StatesTest() override { fs::remove_all(folder_); }

    Config scenario(const std::string& every = "20 ms") {
        std::ofstream(folder_ / "s.yaml")
            << "name: s\nduration: 100 ms\ncheckpoint: {every: " << every << "}\nparticipants: {rd: {}, neuron: {}}\n";
        return Config::load(folder_ / "s.yaml", "scenario");
    }
    static proto::Kept kept(Tick tick, Tick stop) {
        proto::Kept kept;
        kept.set_tick(tick);
        kept.set_stop(stop);
        return kept;
    }
    /// Both write their part; the participants of a real run make the folder.
    void keep(States& states, Tick tick, Tick stop_of_rd) {
        fs::create_directories(folder(tick));
        states.set_channels(channels_);
        EXPECT_FALSE(states.heard("neuron", kept(tick, tick), 2));
        EXPECT_FALSE(fs::exists(folder(tick) / "complete.json"));
        EXPECT_TRUE(states.heard("rd", kept(tick, stop_of_rd), 2));
    }
    fs::path folder(Tick tick) const {
        return folder_ / "results" / "checkpoint" / (std::to_string(tick / 1'000'000) + "ms");
    }
    std::string problems(const States& states, Tick duration, bool rd_keeps = true) const {
        std::vector<proto::Hello> hellos(2);
        hellos[0].set_participant("neuron");
        hellos[0].set_keeps_state(true);
        hellos[1].set_participant("rd");
        hellos[1].set_keeps_state(rd_keeps);
        std::string text;
        for (const auto& p : states.problems(hellos, channels_, duration)) text += p.text() + "\n";
        return text;
    }

    static constexpr Tick ms = 1'000'000;
    fs::path folder_;
    std::vector<schedule::Channel> channels_{{"rd", "neuron", schedule::Scheme::strang, 10 * ms, "rd"},
                                             {"neuron", "rd", schedule::Scheme::strang, 10 * ms, "rd"}};
};

TEST_F(StatesTest, AStateIsCompleteWhenAllHaveWrittenAndTakesThePlaceOfTheOneBefore) {
    States states(scenario(), false);
    EXPECT_EQ(states.begin(), 0);
    EXPECT_EQ(states.every(), 20 * ms);
    keep(states, 20 * ms, 25 * ms);
    EXPECT_EQ(States(scenario(), true).begin(), 20 * ms);

    keep(states, 40 * ms, 45 * ms);

    const States resumed(scenario(), true);
    EXPECT_EQ(resumed.begin(), 40 * ms);
    EXPECT_EQ(resumed.results(), folder_ / "results" / "from_40ms");
    EXPECT_FALSE(resumed.scenario_has_changed());
    EXPECT_FALSE(fs::exists(folder(20 * ms)));
    EXPECT_EQ(problems(resumed, 100 * ms), "");
}

TEST_F(StatesTest, WhatWasNotFinishedDoesNotCount) {
    States states(scenario(), false);
    keep(states, 20 * ms, 25 * ms);
    fs::create_directories(folder(40 * ms));
    EXPECT_FALSE(states.heard("rd", kept(40 * ms, 45 * ms), 2));

    EXPECT_EQ(States(scenario(), true).begin(), 20 * ms);
}

TEST_F(StatesTest, ARunThatEndsElsewhereCannotGoOnWhereALeaderStood) {
    States states(scenario(), false);
    keep(states, 20 * ms, 25 * ms);
    const States resumed(scenario(), true);

    // Of a last window of 4 ms the middle is at 22 ms.
    EXPECT_NE(problems(resumed, 24 * ms).find("'rd' stands at 25ms, and would go on at 22ms"), std::string::npos);
    EXPECT_NE(problems(resumed, 20 * ms).find("the run ends at 20ms, before the state of 20ms"), std::string::npos);
    channels_.pop_back();
    EXPECT_NE(problems(resumed, 100 * ms).find("other links"), std::string::npos);
}

TEST_F(StatesTest, WhoCannotKeepItsStateIsNamed) {
    EXPECT_NE(problems(States(scenario(), false), 100 * ms, false).find("'rd' cannot keep its state"),
              std::string::npos);
}

TEST_F(StatesTest, ADamagedStateIsAMistakeAndNotSkipped) {
    States states(scenario(), false);
    keep(states, 20 * ms, 25 * ms);
    std::ofstream(folder(20 * ms) / "complete.json") << "{";

    EXPECT_THROW(States(scenario(), true), UserError);
}

}  // namespace
