// What simulation configs may say, and what happens when they are wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "ngv/error.hpp"
#include "solvers/neuron/sonata/channel_streams.hpp"
#include "solvers/neuron/sonata/compartment_sets.hpp"
#include "solvers/neuron/sonata/modify_blueprint.hpp"
#include "solvers/neuron/sonata/network.hpp"
#include "solvers/neuron/sonata/simulation_config.hpp"

namespace ngv::neuron {
namespace {

using ::testing::HasSubstr;

/// A file in a folder of its own, gone afterwards.
class Files : public ::testing::Test {
  protected:
    Files() : folder_(std::filesystem::temp_directory_path() / ("ngv_sonata_test_" + std::to_string(getpid()))) {
        std::filesystem::create_directories(folder_);
    }
    ~Files() override { std::filesystem::remove_all(folder_); }
    std::filesystem::path write(const std::string& name, const std::string& text) const {
        std::ofstream(folder_ / name) << text;
        return folder_ / name;
    }
    std::string problem(const std::string& text) const {
        try {
            SimulationConfig::load(write("c.json", text));
        } catch (const UserError& e) {
            return e.what();
        }
        return "";
    }
    std::filesystem::path folder_;
};

TEST(Assignments, AreParsedAndNeverExecuted) {
    const auto a = parse_assignments("%s.NMDA_ratio = 0.4;%s.tau *= -2e-1\n %s.e+=3 %s.mg=1", "c.json:3");

    ASSERT_EQ(a.size(), 4u);
    EXPECT_EQ(a[0].scope, "%s");
    EXPECT_EQ(a[0].name, "NMDA_ratio");
    EXPECT_EQ(a[0].apply(7), 0.4);
    EXPECT_EQ(a[1].apply(10), -2);
    EXPECT_EQ(a[2].apply(10), 13);
    EXPECT_EQ(a[3].number, 1);
    const auto b = parse_assignments("apic[10].gbar_KTst = 0; apical.cm /= 2; gbar_Ca = 1.5", "");
    EXPECT_EQ(b[0].index, 10);
    EXPECT_EQ(b[1].apply(3), 1.5);
    EXPECT_EQ(b[2].scope, "");
    EXPECT_TRUE(parse_assignments(" ; ", "").empty());
    EXPECT_THROW(parse_assignments("%s.a = os.system('rm')", "c"), UserError);
    EXPECT_THROW(parse_assignments("%s.a = 1 + 2", "c"), UserError);
    EXPECT_THROW(parse_assignments("a == 1", "c"), UserError);
}

TEST(PopulationHash, IsTheTwelveBitsOfNeurodamus) {
    // MD5 of "" is d41d8cd98f00..., of "abc" 90015098 3cd2...; of "default" c21f969b...
    EXPECT_EQ(population_hash(""), (0x1du & 0x0fu) * 256 + 0xd4u);
    EXPECT_EQ(population_hash("abc"), (0x01u & 0x0fu) * 256 + 0x90u);
    EXPECT_EQ(population_hash("default"), (0x1fu & 0x0fu) * 256 + 0xc2u);
}

TEST(ChannelStreams, TheHashIsThatOfTheTemplates) {
    EXPECT_EQ(template_hash("a"), 97u);
    EXPECT_EQ(template_hash("ab"), 97u * 31 + 98);
    // 31-bit wrap: checked with Python's integers
    EXPECT_EQ(template_hash("soma[0].0.5"), 1940962635u);
}

TEST_F(Files, CompartmentSetsAreInOrderAndWithoutDoubles) {
    const auto sets = read_compartment_sets(
        write("s.json", R"({"a": {"population": "p", "compartment_set": [[0, 0, 0.5], [0, 2, 0.1], [3, 0, 0]]}})"));
    ASSERT_EQ(sets.at("a").places.size(), 3u);
    EXPECT_EQ(sets.at("a").places[2].node_id, 3);

    const auto wrong = [&](const std::string& places) {
        try {
            read_compartment_sets(write("w.json", R"({"a": {"population": "p", "compartment_set": )" + places + "}}"));
        } catch (const UserError& e) {
            return std::string(e.what());
        }
        return std::string();
    };
    EXPECT_THAT(wrong("[[1, 0, 0.5], [0, 0, 0.5]]"), HasSubstr("not in ascending order"));
    EXPECT_THAT(wrong("[[0, 0, 0.5], [0, 0, 0.5]]"), HasSubstr("stands twice"));
    EXPECT_THAT(wrong("[[0, 0, 1.5]]"), HasSubstr("outside of 0 to 1"));
    EXPECT_THAT(wrong("[[0, 0]]"), HasSubstr("has 2 numbers"));
}

TEST_F(Files, BbpsDialectIsRead) {
    const auto c = SimulationConfig::load(write("c.json", R"({
 "manifest": {"$OUT": "./o"}, "network": "circuit.json", "node_set": "Mosaic",
 "run": {"tstop": 50, "dt": 0.1, "random_seed": 1122, "stimulus_seed": 7, "integration_method": "crank_nicolson_ion"},
 "output": {"output_dir": "$OUT", "spikes_file": "s.h5", "spikes_sort_order": "by_id"},
 "conditions": {"celsius": 35, "spike_location": "AIS", "extracellular_calcium": 1.2,
   "mechanisms": {"ProbAMPANMDA_EMS": {"init_depleted": true, "minis_single_vesicle": 0}},
   "modifications": [{"name": "t", "type": "ttx", "node_set": "A"},
                     {"name": "l", "type": "section_list", "node_set": "A", "section_configure": "apical.cm = 1"}]},
 "connection_overrides": [{"name": "a", "source": "A", "target": "B", "weight": 0, "synapse_configure": "%s.NMDA_ratio = 0"},
                          {"name": "b", "source": "A", "target": "B", "weight": 1, "delay": 20, "spont_minis": 0.1}]
})"));

    EXPECT_FALSE(c.allen);
    EXPECT_EQ(c.second_order, 2);
    EXPECT_EQ(c.spike_order, SpikeOrder::by_id);
    EXPECT_EQ(c.v_init, -80);
    EXPECT_TRUE(c.spikes_at_ais);
    EXPECT_EQ(c.extracellular_calcium, 1.2);
    ASSERT_EQ(c.globals.size(), 2u);
    EXPECT_EQ(c.globals[0].value, 1);
    ASSERT_EQ(c.modifications.size(), 2u);
    EXPECT_EQ(c.modifications[1].assignments[0].scope, "apical");
    ASSERT_EQ(c.overrides.size(), 2u);
    EXPECT_EQ(c.overrides[0].configure[0].name, "NMDA_ratio");
    EXPECT_EQ(c.overrides[1].delay, 20);
    EXPECT_EQ(c.circuit, folder_ / "circuit.json");
}

TEST_F(Files, AllensDialectIsRead) {
    write("sim.json",
          R"({"manifest": {"$BASE_DIR": "."}, "run": {"tstop": 3000.0, "dt": 0.1, "dL": 20.0, "nsteps_block": 5000},
 "conditions": {"celsius": 34.0}, "output": {"spikes_file": "out/spikes.h5", "spikes_sort_order": "time"}})");
    const auto c =
        SimulationConfig::load(write("config.json", R"({"network": "./net.json", "simulation": "./sim.json"})"));

    EXPECT_TRUE(c.allen);
    EXPECT_EQ(c.dL, 20);
    EXPECT_EQ(c.spike_threshold, -15);
    EXPECT_EQ(c.spikes_file, "spikes.h5");
    EXPECT_EQ(c.circuit.filename(), "net.json");
}

TEST_F(Files, MistakesNameTheLineAndTheNearestName) {
    EXPECT_THAT(problem("{\"run\": {\"tstop\": 1, \"dt\": 0.1,\n \"random_sed\": 1}}"),
                HasSubstr("c.json:2: unknown key 'random_sed' of run"));
    EXPECT_THAT(problem(R"({"run": {"tstop": 1, "dt": 0}})"), HasSubstr("dt is 0, expected a positive number"));
    EXPECT_THAT(problem(R"({"run": {"tstop": 9, "dt": 0.1, "tstart": 5}})"), HasSubstr("a start other than 0"));
    EXPECT_THAT(problem(R"({"run": {"tstop": 1, "dt": 0.1, "integration_method": "eulr"}})"),
                HasSubstr("did you mean 'euler'?"));
    EXPECT_THAT(
        problem(
            R"({"run": {"tstop": 1, "dt": 0.1}, "conditions": {"modifications": [{"type": "txt", "node_set": "a"}]}})"),
        HasSubstr("did you mean 'ttx'?"));
    EXPECT_THAT(
        problem(
            R"({"run": {"tstop": 1, "dt": 0.1}, "conditions": {"modifications": [{"type": "compartment_set", "node_set": "a", "section_configure": ""}]}})"),
        HasSubstr("expected a compartment_set and no node_set"));
    EXPECT_THAT(
        problem(
            R"({"run": {"tstop": 1, "dt": 0.1}, "connection_overrides": [{"source": "a", "target": "b", "synapse_configure": "x = 1"}]})"),
        HasSubstr("assigned without '%s.'"));
}

/// Two compartments of a soma and a dendrite with one mechanism each.
Blueprint two_compartments() {
    Blueprint b;
    b.parent = {-1, 0, 1, 1, 3};
    b.rinv = {0, 1, 1, 1, 1};
    b.area = {0, 10, 0, 10, 0};
    b.volume = b.diam = b.area;
    b.cm = {0, 1, 0, 1, 0};
    b.node = {1, 3};
    b.section = {0, 1};
    b.position = {0.5, 0.5};
    b.section_type = {1, 4};
    b.length = {1, 1};
    b.first_compartment = {0, 1, 2};
    b.densities = {{"pas", {1, 3}, {{"g", {0.5}}}}, {"hh", {1}, {}}};
    return b;
}

const ngv_mechanism* mechanism_of(const std::string& name) {
    static const ngv_variable hh_variables[] = {
        {"gnabar", "S/cm2", 0.12, -1e300, 1e300, NGV_PARAMETER, NGV_VISIBLE, 1, 0}};
    static const ngv_variable pas_variables[] = {
        {"g", "S/cm2", 0.001, -1e300, 1e300, NGV_PARAMETER, NGV_VISIBLE, 1, 0}};
    static const ngv_mechanism hh = [] {
        ngv_mechanism m{};
        m.name = "hh";
        m.num_variables = 1;
        m.variables = hh_variables;
        return m;
    }();
    static const ngv_mechanism pas = [] {
        ngv_mechanism m{};
        m.name = "pas";
        m.num_variables = 1;
        m.variables = pas_variables;
        return m;
    }();
    return name == "hh" ? &hh : &pas;
}

TEST(Modify, ChangesSectionsThatHaveAllTheVariables) {
    Blueprint b = two_compartments();
    const Modification all{Modification::Kind::configure_all_sections,
                           "m",
                           "set",
                           "",
                           "c.json:1",
                           parse_assignments("%s.gnabar_hh *= 2; %s.g_pas = 0.25", "")};

    modify(b, all, {}, mechanism_of);

    EXPECT_EQ(b.densities[1].values.at("gnabar"), std::vector<double>{0.24});    // from the default
    EXPECT_EQ(b.densities[0].values.at("g"), (std::vector<double>{0.25, 0.5}));  // the dendrite has no hh
}

TEST(Modify, SectionListsAndSectionsAndCompartments) {
    Blueprint b = two_compartments();
    modify(b,
           {Modification::Kind::section_list, "m", "set", "", "c",
            parse_assignments("apical.g_pas = 1; apical.cm = 3", "")},
           {}, mechanism_of);
    EXPECT_EQ(b.densities[0].values.at("g"), (std::vector<double>{0.5, 1}));
    EXPECT_EQ(b.cm[3], 3);

    modify(b,
           {Modification::Kind::section, "m", "set", "", "c",
            parse_assignments("soma[0].g_pas = 2; apic[7].g_pas = 9", "")},
           {}, mechanism_of);
    EXPECT_EQ(b.densities[0].values.at("g"), (std::vector<double>{2, 1}));

    modify(b, {Modification::Kind::compartment_set, "m", "", "set", "c", parse_assignments("g_pas += 1", "")}, {3},
           mechanism_of);
    EXPECT_EQ(b.densities[0].values.at("g"), (std::vector<double>{2, 2}));

    modify(b, {Modification::Kind::ttx, "m", "set", "", "c", {}}, {}, mechanism_of);
    EXPECT_EQ(b.densities.back().mechanism, "TTXDynamicsSwitch");
    EXPECT_EQ(b.densities.back().nodes, (std::vector<int>{1, 3}));
    EXPECT_THROW(
        modify(b, {Modification::Kind::section_list, "m", "set", "", "c", parse_assignments("soma.cm = 1", "")}, {},
               mechanism_of),
        UserError);
    EXPECT_THROW(
        modify(b, {Modification::Kind::section_list, "m", "set", "", "c", parse_assignments("somatic.Ra = 1", "")}, {},
               mechanism_of),
        UserError);
}

}  // namespace
}  // namespace ngv::neuron
