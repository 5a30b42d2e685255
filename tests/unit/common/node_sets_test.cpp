#include "solvers/common/node_sets.hpp"

#include "solvers/common/hdf5.hpp"
#include "tests/unit/common/helpers.hpp"

using namespace ngv;
using ngv::testing::Folder;
using ngv::testing::user_error;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace {

class NodeSetsOfFourCells : public ::testing::Test {
  protected:
    NodeSetsOfFourCells() : cells(write()) {}

    NodePopulation write() {
        auto file = h5::File::create(folder / "n.h5");
        const auto p = file.create_group("/nodes/cortex");
        p.write("node_type_id", std::vector<std::int64_t>(4, -1));
        p.write_texts("0/mtype", {"L5_TPC", "L23_BC", "L5_BC", "L6_TPC"});
        p.write_texts("0/layer", {"5", "2", "5", "6"});
        p.write("0/x", std::vector<double>{10, 20, 30, 40});
        file.close();
        return NodePopulation(folder / "n.h5", "cortex");
    }
    std::vector<std::int64_t> resolve(const std::string& rule) {
        return NodeSets::load(
                   folder.write(
                       "s.json",
                       "{\"other\": {\"population\": \"thalamus\"},\n\"few\": {\"node_id\": [3, 0, 77]},\n\"set\": " +
                           rule + "}"))
            .resolve("set", cells);
    }

    Folder folder;
    NodePopulation cells;
};

}  // namespace

TEST_F(NodeSetsOfFourCells, ValuesListsAndOperatorsSelect) {
    EXPECT_THAT(resolve(R"({"layer": "5"})"), ElementsAre(0, 2));
    EXPECT_THAT(resolve(R"({"layer": 5})"), ElementsAre(0, 2));
    EXPECT_THAT(resolve(R"({"layer": ["2", "6"]})"), ElementsAre(1, 3));
    EXPECT_THAT(resolve(R"({"layer": "5", "mtype": {"$regex": "^L5_T.*"}})"), ElementsAre(0));
    EXPECT_THAT(resolve(R"({"x": {"$gt": 10, "$lte": 30}})"), ElementsAre(1, 2));
    EXPECT_THAT(resolve(R"({"x": {"$gte": 40}})"), ElementsAre(3));
    EXPECT_THAT(resolve(R"({"x": [10, 40]})"), ElementsAre(0, 3));
    EXPECT_THAT(resolve(R"({"population": ["cortex", "thalamus"]})"), ElementsAre(0, 1, 2, 3));
    EXPECT_THAT(resolve(R"({"population": "cortex", "node_id": 2})"), ElementsAre(2));
    EXPECT_THAT(resolve(R"({"layer": {"$regex": "7"}})"), IsEmpty());
}

TEST_F(NodeSetsOfFourCells, SetsOfOtherPopulationsAreEmptyHere) {
    EXPECT_THAT(resolve(R"({"population": "thalamus", "layer": "5"})"), IsEmpty());
    EXPECT_THAT(resolve(R"({"radius": 3})"), IsEmpty());
}

TEST_F(NodeSetsOfFourCells, CompoundSetsAreUnions) {
    EXPECT_THAT(resolve(R"(["few", "other"])"), ElementsAre(0, 3));
    EXPECT_THAT(user_error([&] { resolve(R"(["few", "set"])"); }), HasSubstr("contains itself: set -> set"));
    EXPECT_THAT(user_error([&] { resolve(R"(["fews"])"); }), HasSubstr("did you mean 'few'?"));
}

TEST_F(NodeSetsOfFourCells, MistakesAreNamed) {
    EXPECT_THAT(
        user_error([&] { NodeSets::load(folder.write("s.json", "{\"Excitatory\": {}}")).resolve("Excitatry", cells); }),
        HasSubstr("no node set 'Excitatry'\n    did you mean 'Excitatory'?"));
    EXPECT_THAT(user_error([&] { resolve(R"({"population": "cortex", "layr": 5})"); }),
                HasSubstr("did you mean 'layer'?"));
    EXPECT_THAT(user_error([&] { resolve(R"({"x": {"$ge": 5}})"); }), HasSubstr("s.json:3: unknown operator '$ge'"));
    EXPECT_THAT(user_error([&] { resolve(R"({"mtype": {"$regex": "("}})"); }), HasSubstr("no regular expression"));
}

TEST_F(NodeSetsOfFourCells, ASimulationsSetsReplaceTheCircuits) {
    auto sets = NodeSets::load(folder.write("a.json", R"({"a": {"node_id": [0]}, "b": {"node_id": [1]}})"));

    sets.extend(NodeSets::load(folder.write("b.json", R"({"b": ["a"], "c": {"node_id": [2]}})")));

    EXPECT_THAT(sets.resolve("b", cells), ElementsAre(0));
    EXPECT_THAT(sets.resolve("c", cells), ElementsAre(2));
}
