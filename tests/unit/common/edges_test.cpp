#include "solvers/common/edges.hpp"

#include "solvers/common/hdf5.hpp"
#include "tests/unit/common/helpers.hpp"

using namespace ngv;
using ngv::testing::Folder;
using ngv::testing::user_error;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Ids = std::vector<std::int64_t>;

namespace {

enum class IndexName { none, ranges, range };

// Edges 0..4: targets 1 0 1 1 0, sources 3 4 5 3 3.
std::filesystem::path write_edges(const Folder& folder, IndexName index) {
    auto file = h5::File::create(folder / "e.h5");
    const auto p = file.create_group("/edges/e");
    p.write("target_node_id", Ids{1, 0, 1, 1, 0}).set_attribute("node_population", "cells");
    p.write("source_node_id", std::vector<std::uint64_t>{3, 4, 5, 3, 3}).set_attribute("node_population", "inputs");
    p.write("edge_type_id", Ids{-1, -1, 7, -1, -1});
    p.write("0/delay", std::vector<float>{1, 2, 3, 4, 5});
    p.write("0/nsyns", std::vector<double>{1, 1, 2, 1, 1});
    if (index == IndexName::none) return folder / "e.h5";
    const std::string name = index == IndexName::ranges ? "node_id_to_ranges" : "node_id_to_range";
    p.write("indices/target_to_source/" + name, Ids{0, 2, 2, 4, -1, -1, 4, 4}, {4, 2});
    p.write("indices/target_to_source/range_to_edge_id", Ids{4, 5, 1, 2, 0, 1, 2, 4}, {4, 2});
    return folder / "e.h5";
}

}  // namespace

TEST(EdgePopulation, TheEdgesOfMyTargetsAreFoundByEitherIndexOrByScan) {
    for (auto index : {IndexName::none, IndexName::ranges, IndexName::range}) {
        const Folder folder;
        const EdgePopulation edges(write_edges(folder, index), "e");

        const auto mine = edges.afferent(Ids{1, 3, 0, 900});

        EXPECT_THAT(mine.edges, ElementsAre(0, 2, 3, 1, 4));
        EXPECT_THAT(mine.offsets, ElementsAre(0, 3, 3, 5, 5));
        EXPECT_THAT(edges.efferent(Ids{3}).edges, ElementsAre(0, 3, 4));
        EXPECT_TRUE(edges.afferent(Ids{}).edges.empty());
    }
}

TEST(EdgePopulation, ColumnsComeInTheOrderOfTheEdgesAsked) {
    const Folder folder;
    const auto types = folder.write("types.csv", "edge_type_id syn_weight delay\n7 0.3 99\n");
    const EdgePopulation edges(write_edges(folder, IndexName::ranges), "e", types);

    EXPECT_EQ(edges.size(), 5);
    EXPECT_EQ(edges.source_population(), "inputs");
    EXPECT_EQ(edges.target_population(), "cells");
    EXPECT_THAT(edges.sources(Ids{4, 2}), ElementsAre(3, 5));
    EXPECT_THAT(edges.targets(Ids{4, 2}), ElementsAre(0, 1));
    EXPECT_THAT(edges.numbers("delay", Ids{3, 0, 2}), ElementsAre(4, 1, 3));
    EXPECT_THAT(edges.integers("nsyns", Ids{2}), ElementsAre(2));
    EXPECT_THAT(edges.numbers("syn_weight", Ids{2, 0}, -1.0), ElementsAre(0.3, -1));
    EXPECT_THAT(user_error([&] { edges.numbers("syn_weight", Ids{0}); }),
                HasSubstr("edge 0 has no value of 'syn_weight'"));
    EXPECT_THAT(user_error([&] { edges.numbers("dely", Ids{0}); }), HasSubstr("did you mean 'delay'?"));
}

TEST(EdgePopulation, EdgesThatDoNotSayWhoseTheyAreAreRefused) {
    const Folder folder;
    {
        auto file = h5::File::create(folder / "e.h5");
        file.write("/edges/e/target_node_id", Ids{0});
        file.write("/edges/e/source_node_id", Ids{0});
    }

    EXPECT_THAT(user_error([&] { EdgePopulation(folder / "e.h5", "e"); }), HasSubstr("no attribute 'node_population'"));
}
