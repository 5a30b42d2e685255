#include "tools/circuit/sonata_file.hpp"

#include <gtest/gtest.h>

#include "solvers/common/hdf5.hpp"
#include "tests/unit/circuit/built_circuit.hpp"

namespace ngv::circuit {
namespace {

TEST(SonataFile, EdgesAndIndicesAreThoseOfTheStandard) {
    {
        EdgeFile file(scratch("edges.h5"), "e", "a", "b");
        // sources 1 1 0 | 1 of targets 0 0 0 | 2
        for (const auto& [source, target] : {std::pair{1, 0}, {1, 0}, {0, 0}, {1, 2}}) {
            file.add(static_cast<std::uint64_t>(source), static_cast<std::uint64_t>(target));
            file.column<float>("delay", "ms").add(0.5f);
        }
        file.finish(2, 3);
    }

    const auto file = h5::File::open(scratch("edges.h5"));
    const auto column = [&](const char* path) {
        return file.dataset(std::string("/edges/e/") + path).read<std::int64_t>();
    };
    using List = std::vector<std::int64_t>;
    EXPECT_EQ(column("source_node_id"), (List{1, 1, 0, 1}));
    EXPECT_EQ(column("edge_type_id"), (List{-1, -1, -1, -1}));
    EXPECT_EQ(column("indices/target_to_source/node_id_to_ranges"), (List{0, 1, 1, 1, 1, 2}));
    EXPECT_EQ(column("indices/target_to_source/range_to_edge_id"), (List{0, 3, 3, 4}));
    EXPECT_EQ(column("indices/source_to_target/node_id_to_ranges"), (List{0, 1, 1, 3}));
    EXPECT_EQ(column("indices/source_to_target/range_to_edge_id"), (List{2, 3, 0, 2, 3, 4}));
    EXPECT_EQ(file.dataset("/edges/e/source_node_id").text_attribute("node_population"), "a");
    EXPECT_EQ(file.dataset("/edges/e/0/delay").text_attribute("units"), "ms");
}

TEST(SonataFile, InputSpikesAreSortedAndHaveTheirRate) {
    const auto file = h5::File::open(default_circuit() / "inputs_spikes.h5");

    const auto times = file.dataset("/spikes/inputs/timestamps").read<double>();

    EXPECT_TRUE(std::is_sorted(times.begin(), times.end()));
    EXPECT_LT(times.back(), 1000);
    // 200 inputs at 10 Hz for 1 s: 2000 +- 5 standard deviations of sqrt(2000); the seed is fixed.
    EXPECT_NEAR(static_cast<double>(times.size()), 2000, 224);
}

}  // namespace
}  // namespace ngv::circuit
