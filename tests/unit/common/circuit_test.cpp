#include "solvers/common/circuit.hpp"

#include "solvers/common/hdf5.hpp"
#include "tests/unit/common/helpers.hpp"

using namespace ngv;
using ngv::testing::Folder;
using ngv::testing::user_error;
using ::testing::HasSubstr;

TEST(CircuitConfig, PopulationsOfTheBbpDialectAreSortedAndNumberedByName) {
    const Folder folder;
    const auto file = folder.write("c.json", R"({
 "manifest": {"$BASE": "./data", "$NET": "$BASE/net"},
 "components": {"morphologies_dir": "$BASE/swc", "alternate_morphologies": {"h5v1": "$BASE/h5"}},
 "node_sets_file": "${BASE}/sets.json",
 "networks": {
  "nodes": [
   {"nodes_file": "$NET/n.h5", "node_types_file": null, "populations": {"thalamus": {"type": "virtual"}, "cortex": {"type": "biophysical"}}},
   {"nodes_file": "a.h5", "populations": {"glia": {"type": "astrocyte", "morphologies_dir": "glia_h5"}}}],
  "edges": [{"edges_file": "$NET/e.h5", "populations": {"t__c": {"type": "chemical"}}}]}})");
    folder.write("glia_h5/star.h5", "");

    const auto circuit = CircuitConfig::load(file);

    ASSERT_EQ(circuit.nodes().size(), 3u);
    EXPECT_EQ(circuit.nodes()[0].name, "cortex");
    EXPECT_EQ(circuit.nodes()[2].name, "thalamus");
    EXPECT_EQ(circuit.node_population("glia").index, 1);
    EXPECT_EQ(circuit.node_population("cortex").file, folder / "data/net/n.h5");
    EXPECT_EQ(circuit.node_population("cortex").component("morphologies_dir"), folder / "data/swc");
    EXPECT_EQ(circuit.node_population("glia").component("morphologies_dir"), folder / "glia_h5");
    EXPECT_EQ(circuit.node_population("glia").component("alternate_morphologies/h5v1"), folder / "data/h5");
    EXPECT_EQ(circuit.node_population("glia").morphology_file("star"), folder / "glia_h5/star.h5");
    EXPECT_EQ(circuit.node_sets_file(), folder / "data/sets.json");
    EXPECT_EQ(circuit.edges_of_type("chemical").size(), 1u);
}

TEST(CircuitConfig, AllenFilesGiveTheirPopulationsAndTypesThemselves) {
    const Folder folder;
    {
        auto nodes = h5::File::create(folder / "v1.h5");
        nodes.write("/nodes/v1/node_type_id", std::vector<int>{100});
    }
    folder.write("types.csv", "node_type_id model_type\n100 point_process\n");
    folder.write(
        "c.json",
        R"({"networks": {"nodes": [{"nodes_file": "${configdir}/v1.h5", "node_types_file": "types.csv"}], "edges": []}})");
    const auto file = folder.write("config.json", R"({"network": "./c.json", "simulation": "s.json"})");

    const auto circuit = CircuitConfig::load(file);

    ASSERT_EQ(circuit.nodes().size(), 1u);
    EXPECT_EQ(circuit.nodes()[0].name, "v1");
    EXPECT_EQ(circuit.nodes()[0].type, "point_process");
}

TEST(CircuitConfig, AnUnknownPopulationListsWhatIsThereWithTheNearestName) {
    const Folder folder;
    const auto circuit = CircuitConfig::load(folder.write(
        "c.json",
        R"({"networks": {"nodes": [{"nodes_file": "n.h5", "populations": {"cortex": {"type": "biophysical"}}}]}})"));

    const auto text = user_error([&] { circuit.node_population("cortexx"); });

    EXPECT_THAT(text, HasSubstr("no node population 'cortexx' (it has: cortex)"));
    EXPECT_THAT(text, HasSubstr("did you mean 'cortex'?"));
    EXPECT_THAT(user_error([&] { circuit.edge_population("e"); }), HasSubstr("no edge population 'e'"));
    EXPECT_THAT(user_error([&] { circuit.node_population("cortex").morphology_file("m"); }), HasSubstr("c.json:1"));
}

TEST(CircuitConfig, MistakesAreNamedWithTheirLine) {
    const Folder folder;
    const auto variable = folder.write("v.json",
                                       "{\"manifest\": {\"$BASE_DIR\": \".\"},\n\"networks\": {\"nodes\": "
                                       "[\n{\"nodes_file\": \"$BASE_DIRR/n.h5\"}]}}");
    const auto twice = folder.write(
        "t.json", R"({"networks": {"nodes": [{"nodes_file": "n", "populations": {"a": {"type": "virtual"}}},
  {"nodes_file": "m", "populations": {"a": {"type": "virtual"}}}]}})");

    EXPECT_THAT(user_error([&] { CircuitConfig::load(variable); }), HasSubstr("v.json:3: the variable '$BASE_DIRR'"));
    EXPECT_THAT(user_error([&] { CircuitConfig::load(twice); }), HasSubstr("stands twice"));
    EXPECT_THAT(user_error([&] {
                    CircuitConfig::load(folder.write("n.json", "{\"network\": 1, \"networks\": {\"node\": []}}"));
                }),
                HasSubstr("did you mean 'node'?"));
}
