#include "solvers/common/nodes.hpp"

#include "solvers/common/hdf5.hpp"
#include "tests/unit/common/helpers.hpp"

using namespace ngv;
using ngv::testing::Folder;
using ngv::testing::user_error;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Ids = std::vector<std::int64_t>;

TEST(NodePopulation, ColumnsEnumerationsAndDynamicsParamsAreRead) {
    const Folder folder;
    {
        auto file = h5::File::create(folder / "n.h5");
        const auto p = file.create_group("/nodes/cortex");
        p.write("node_type_id", std::vector<std::int64_t>{-1, -1, -1});
        p.write("0/x", std::vector<float>{1.5, 2.5, 3.5});
        p.write("0/layer", std::vector<double>{4, 5, 6});
        p.write("0/mtype", std::vector<std::uint32_t>{1, 0, 1});
        p.write_texts("0/@library/mtype", {"L5_PC", "L6_BC"});
        p.write_texts("0/morphology", {"a", "b", "c"});
        p.write("0/dynamics_params/holding_current", std::vector<double>{0.1, 0.2, 0.3});
    }

    const NodePopulation cells(folder / "n.h5", "cortex");

    EXPECT_EQ(cells.size(), 3);
    EXPECT_THAT(cells.ids(), ElementsAre(0, 1, 2));
    EXPECT_THAT(cells.numbers("x"), ElementsAre(1.5, 2.5, 3.5));
    EXPECT_THAT(cells.numbers("x", Ids{2, 0}), ElementsAre(3.5, 1.5));
    EXPECT_THAT(cells.texts("mtype"), ElementsAre("L6_BC", "L5_PC", "L6_BC"));
    EXPECT_THAT(cells.texts("morphology", Ids{1}), ElementsAre("b"));
    EXPECT_THAT(cells.texts("layer"), ElementsAre("4", "5", "6"));
    EXPECT_THAT(cells.integers("layer"), ElementsAre(4, 5, 6));
    EXPECT_THAT(cells.numbers("dynamics_params/holding_current", Ids{1}), ElementsAre(0.2));
    EXPECT_TRUE(cells.is_text("mtype"));
    EXPECT_FALSE(cells.is_text("x"));
    EXPECT_FALSE(cells.has("@library"));
    EXPECT_THAT(cells.attributes(),
                ElementsAre("dynamics_params/holding_current", "layer", "morphology", "mtype", "x"));
    EXPECT_THAT(cells.numbers("y", 7.0), ElementsAre(7, 7, 7));
    EXPECT_THAT(user_error([&] { cells.texts("mtypes"); }), HasSubstr("did you mean 'mtype'?"));
    EXPECT_THAT(user_error([&] { cells.numbers("x", Ids{3}); }),
                HasSubstr("there is no node 3 in the population of 3 nodes"));
    EXPECT_THAT(user_error([&] { cells.integers("x"); }), HasSubstr("expected whole numbers, found 1.5"));
    EXPECT_THAT(user_error([&] { NodePopulation(folder / "n.h5", "cortx"); }), HasSubstr("did you mean 'cortex'?"));
}

TEST(NodePopulation, GroupsWinOverTheTypesAndTypesFillTheRest) {
    const Folder folder;
    {
        auto file = h5::File::create(folder / "n.h5");
        const auto p = file.create_group("/nodes/v1");
        p.write("node_type_id", Ids{100, 101, 100, 102});
        p.write("node_group_id", Ids{0, 1, 0, 1});
        p.write("node_group_index", Ids{1, 0, 0, 1});
        p.write("0/x", std::vector<double>{20, 0});
        p.write("1/y", std::vector<double>{1, 3});
        p.write("1/tau", std::vector<double>{9, 9});
    }
    const auto types = folder.write("types.csv",
                                    "node_type_id model_type name tau x\n100 biophysical \"big cell\" 5 NULL\n101 "
                                    "virtual NONE 6 8.5\n102 virtual v 7 8.5\n");

    const NodePopulation cells(folder / "n.h5", "v1", types);

    EXPECT_THAT(cells.numbers("x"), ElementsAre(0, 8.5, 20, 8.5));
    EXPECT_THAT(cells.numbers("tau"), ElementsAre(5, 9, 5, 9));
    EXPECT_THAT(cells.texts("model_type"), ElementsAre("biophysical", "virtual", "biophysical", "virtual"));
    EXPECT_THAT(cells.texts("name", "none"), ElementsAre("big cell", "none", "big cell", "v"));
    EXPECT_THAT(user_error([&] { cells.numbers("y"); }), HasSubstr("node 0 has no value of 'y'"));
    EXPECT_TRUE(cells.is_text("model_type"));
    EXPECT_FALSE(cells.is_text("tau"));
}

TEST(NodePopulation, SparseNodeIdsAreKept) {
    const Folder folder;
    {
        auto file = h5::File::create(folder / "n.h5");
        file.write("/nodes/vasculature/node_type_id", Ids{-1, -1, -1});
        file.write("/nodes/vasculature/node_id", Ids{450002, 7, 450001});
        file.write("/nodes/vasculature/0/start_x", std::vector<double>{1, 2, 3});
    }

    const NodePopulation vessels(folder / "n.h5", "vasculature");

    EXPECT_THAT(vessels.ids(), ElementsAre(450002, 7, 450001));
    EXPECT_THAT(vessels.numbers("start_x", Ids{7, 450002}), ElementsAre(2, 1));
    EXPECT_TRUE(vessels.contains(450001));
    EXPECT_FALSE(vessels.contains(0));
}

TEST(NodePopulation, AWrongRowOfTheTypesFileIsNamed) {
    const Folder folder;
    h5::File::create(folder / "n.h5").write("/nodes/a/node_type_id", Ids{1});
    const auto types = folder.write("types.csv", "node_type_id a b\n1 2\n");

    EXPECT_THAT(user_error([&] { NodePopulation(folder / "n.h5", "a", types); }),
                HasSubstr("types.csv:2: 2 values, expected 3"));
}

TEST(NodePopulation, RanksShareTheNodesWithoutGapOrOverlap) {
    EXPECT_THAT(share_of(Ids{5, 6, 7, 8, 9}, 0, 2), ElementsAre(5, 7, 9));
    EXPECT_THAT(share_of(Ids{5, 6, 7, 8, 9}, 1, 2), ElementsAre(6, 8));
    EXPECT_TRUE(share_of(Ids{5}, 1, 2).empty());
}
