#include "coupler/config/config.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "coupler/config/schema.hpp"

namespace {

using ngv::Config;

const char* const minimal = R"(
name: test
duration: 100 ms
circuit: data/circuit_config.json
participants:
  neuron: {ranks: 2}
  mine: {executable: ./my-solver}
links:
  - {state: v, from: neuron.segments, to: mine.cells, every: 1 ms, mapping: [by cell]}
)";

std::vector<ngv::Problem> problems_of(const std::string& text) {
    try {
        Config::parse(text, "scenario", "s.yaml");
    } catch (const ngv::UserError& error) {
        return error.problems();
    }
    return {};
}

TEST(Scenario, GivesValuesInTheUnitThatIsAsked) {
    const auto scenario = Config::parse(minimal, "scenario", "folder/s.yaml");

    EXPECT_EQ(scenario.ticks("duration"), 100'000'000);
    EXPECT_EQ(scenario["participants"]["neuron"].integer("ranks"), 2);
    EXPECT_EQ(scenario["participants"]["neuron"].text("executable"), "neuron-solver");
    EXPECT_EQ(scenario["participants"]["mine"].text("executable"), "./my-solver");
    EXPECT_EQ(scenario.path("circuit"), "folder/data/circuit_config.json");
    EXPECT_EQ(scenario.integer("seed"), 1);
    EXPECT_EQ(scenario["limits"].ticks("join"), 60'000'000'000);
    EXPECT_EQ(scenario.list("links").at(0).texts("mapping"), std::vector<std::string>{"by cell"});
    EXPECT_EQ(scenario.list("links").at(0).where("state"), "folder/s.yaml:9");
    EXPECT_EQ(scenario["participants"].keys(), (std::vector<std::string>{"neuron", "mine"}));
}

TEST(Scenario, ReportsAllProblemsAtOnceWithTheirLines) {
    const auto problems =
        problems_of("name: test\nduratoin: 1 s\ncircuit: c.json\nseed: many\nparticipants:\n  neuron: {ranks: 0}\n");

    ASSERT_EQ(problems.size(), 4u);
    EXPECT_EQ(problems[0].where, "s.yaml:2");
    EXPECT_EQ(problems[0].fix, "did you mean 'duration'?");
    EXPECT_EQ(problems[1].where, "s.yaml:4");
    EXPECT_EQ(problems[2].where, "s.yaml:6");
    EXPECT_NE(problems[2].what.find("at least 1"), std::string::npos);
    EXPECT_NE(problems[3].what.find("'duration' is missing"), std::string::npos);
}

TEST(Scenario, RefusesAWrongDimension) {
    const auto problems = problems_of("name: t\nduration: 3 mM\ncircuit: c\nparticipants: {}\n");

    ASSERT_EQ(problems.size(), 1u);
    EXPECT_EQ(problems[0].where, "s.yaml:2");
    EXPECT_NE(problems[0].what.find("mM"), std::string::npos);
}

TEST(Scenario, NamesTheLineOfBrokenYaml) {
    const auto problems = problems_of("name: [unclosed\nduration: 1 s\n");

    ASSERT_EQ(problems.size(), 1u);
    EXPECT_NE(problems[0].what.find("not valid YAML"), std::string::npos);
}

TEST(Scenario, RefusesAKeyThatStandsTwice) {
    const auto problems = problems_of(std::string(minimal) + "name: again\n");

    ASSERT_EQ(problems.size(), 1u);
    EXPECT_NE(problems[0].what.find("twice"), std::string::npos);
}

TEST(Scenario, AMissingFileIsNamedWithItsNeighbour) {
    EXPECT_THROW(Config::load("/nonexistent/s.yaml", "scenario"), ngv::UserError);
}

TEST(Links, NameWhatIsMissingInAPool) {
    const auto scenario = Config::parse(
        "name: t\nduration: 1 s\ncircuit: c\nparticipants: {rd: {}, neuron: {}}\nlinks:\n"
        "  - {pool: K_o, keeper: rd.tetrahedra, contributor: neuro.segments, every: 1 ms, mapping: [intersection]}\n",
        "scenario", "s.yaml");

    const auto problems = ngv::check_links(scenario);

    ASSERT_EQ(problems.size(), 3u);
    EXPECT_EQ(problems[0].fix, "did you mean 'neuron'?");
    EXPECT_EQ(problems[0].where, "s.yaml:6");
}

TEST(Schema, EveryKeyHasHelpAndADefaultOrAReasonToLackOne) {
    std::function<void(const ngv::SchemaEntry&, const std::string&)> walk = [&](const ngv::SchemaEntry& entry,
                                                                                const std::string& name) {
        for (const auto& [key, child] : entry.keys) {
            EXPECT_FALSE(child.help.empty()) << name << "." << key;
            EXPECT_FALSE(child.required && child.default_text) << name << "." << key;
            walk(child, name + "." + key);
        }
    };
    walk(ngv::schema("scenario"), "scenario");
}

TEST(Schema, AnUnknownKindOfFileIsNamed) {
    EXPECT_THROW(ngv::schema("scenaro"), ngv::UserError);
}

TEST(ShippedScenario, IsValid) {
    const auto scenario = Config::load(NGV_SOURCE_DIR "/configs/tissue.yaml", "scenario");

    EXPECT_TRUE(ngv::check_links(scenario).empty());
}

}  // namespace
