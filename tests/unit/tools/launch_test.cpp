#include "tools/ngv/launch.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace {

namespace fs = std::filesystem;

// A folder with programs that can be executed, and a scenario that names two of them.
class Launch : public testing::Test {
  protected:
    void SetUp() override {
        folder_ = fs::temp_directory_path() / ("ngv_launch_" + std::to_string(getpid()));
        fs::create_directories(folder_);
        for (const char* name : {"neuron-solver", "rd-solver", "coupler"}) {
            std::ofstream(folder_ / name) << "#!/bin/sh\n";
            fs::permissions(folder_ / name, fs::perms::owner_all);
        }
    }
    void TearDown() override { fs::remove_all(folder_); }

    ngv::Config scenario(const std::string& participants) {
        return ngv::Config::parse("name: t\nduration: 1 s\nparticipants:\n" + participants, "scenario",
                                  (folder_ / "s.yaml").string());
    }

    fs::path folder_;
};

TEST_F(Launch, HasOneSegmentAParticipantAndTheCouplerLast) {
    const auto line = ngv::launch_line(scenario("  neuron: {ranks: 2}\n  rd: {}\n"), {.ranks = {{"rd", 3}}}, folder_);
    const auto text = ngv::shell_text(line);

    const std::string bin = folder_.string() + "/", file = " " + bin + "s.yaml";
    EXPECT_TRUE(text.ends_with("-n 2 " + bin + "neuron-solver" + file + " : -n 3 " + bin + "rd-solver" + file +
                               " : -n 1 " + bin + "coupler" + file))
        << text;
}

TEST_F(Launch, SpawnStartsTheCouplerAlone) {
    const auto text =
        ngv::shell_text(ngv::launch_line(scenario("  neuron: {ranks: 2}\n"), {.ranks = {}, .spawn = true}, folder_));

    EXPECT_EQ(text.find("neuron-solver"), std::string::npos);
    EXPECT_NE(text.find("coupler --spawn"), std::string::npos);
}

TEST_F(Launch, NamesEveryProgramThatIsMissing) {
    try {
        ngv::launch_line(scenario("  flow: {}\n  mine: {executable: ./my-solver}\n"), {}, folder_);
        FAIL();
    } catch (const ngv::UserError& error) {
        EXPECT_EQ(error.problems().size(), 2u);
        EXPECT_NE(error.problems()[1].fix.find("my-solver"), std::string::npos);
    }
}

TEST_F(Launch, RefusesRanksOfAnUnknownParticipant) {
    EXPECT_THROW(ngv::launch_line(scenario("  neuron: {}\n"), {.ranks = {{"neuorn", 2}}}, folder_), ngv::UserError);
}

TEST(Ranks, AreReadFromText) {
    EXPECT_EQ(ngv::parse_ranks("neuron=2,rd=1"), (std::map<std::string, int>{{"neuron", 2}, {"rd", 1}}));
    EXPECT_TRUE(ngv::parse_ranks("").empty());
    for (const char* wrong : {"neuron", "neuron=", "neuron=0", "neuron=-1", "neuron=two", "neuron=2x"})
        EXPECT_THROW(ngv::parse_ranks(wrong), ngv::UserError) << wrong;
}

}  // namespace
