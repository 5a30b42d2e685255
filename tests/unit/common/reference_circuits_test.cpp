// Published circuits of both dialects must load: every population, every column, every node set. They are not part of
// the repository; see tests/unit/reference.hpp.
#include <cstdlib>
#include <set>

#include "solvers/common/edges.hpp"
#include "solvers/common/morphology.hpp"
#include "solvers/common/node_sets.hpp"
#include "solvers/common/nodes.hpp"
#include "solvers/common/placement.hpp"
#include "solvers/common/spikes.hpp"
#include "tests/unit/common/helpers.hpp"
#include "tests/unit/reference.hpp"

using namespace ngv;
namespace fs = std::filesystem;

namespace {

std::vector<fs::path> files(const fs::path& folder, const std::string& part, const std::string& ending) {
    std::set<fs::path> found;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        const auto name = entry.path().filename().string();
        if (entry.is_regular_file() && name.find(part) != std::string::npos && name.ends_with(ending))
            found.insert(entry.path());
    }
    return {found.begin(), found.end()};
}

class ReferenceCircuits : public ::testing::Test {
  protected:
    void SetUp() override {
        if (!fs::exists(test::reference_folder() / "circuits"))
            GTEST_SKIP() << "no reference circuits at " << test::reference_folder();
    }
};

template <class Population>
void read_all_columns(const Population& p, std::span<const std::int64_t> rows) {
    for (const auto& attribute : p.attributes()) {
        if (p.is_text(attribute)) {
            p.texts(attribute, rows, "");
        } else {
            p.numbers(attribute, rows, 0.0);
        }
    }
}

}  // namespace

TEST_F(ReferenceCircuits, AllNodesEdgesAndIndicesLoad) {
    int circuits = 0, nodes = 0, edges = 0;
    for (const auto& file : files(test::reference_folder() / "circuits", "circuit", ".json")) {
        SCOPED_TRACE(file.string());
        const auto circuit = CircuitConfig::load(file);
        ++circuits;
        for (const auto& entry : circuit.nodes()) {
            if (!fs::exists(entry.file)) continue;  // a config published without its data
            SCOPED_TRACE(entry.name);
            const NodePopulation population(entry);
            const auto ids = population.ids();
            ASSERT_GT(population.size(), 0);
            read_all_columns(population, ids);
            read_placements(population, ids);
            ++nodes;
        }
        for (const auto& entry : circuit.edges()) {
            if (!fs::exists(entry.file)) continue;
            SCOPED_TRACE(entry.name);
            const EdgePopulation population(entry);
            EXPECT_TRUE(circuit.has_nodes(population.target_population())) << population.target_population();
            std::vector<std::int64_t> targets;
            for (std::int64_t i = 0; i < 2000; ++i) targets.push_back(i);
            const auto mine = population.afferent(targets);
            const auto ends = population.targets(mine.edges);
            for (std::size_t t = 0; t < targets.size(); ++t) {
                for (auto e = mine.offsets[t]; e < mine.offsets[t + 1]; ++e)
                    ASSERT_EQ(ends[static_cast<std::size_t>(e)], targets[t]);
            }
            read_all_columns(population, mine.edges);
            ++edges;
        }
    }
    RecordProperty("circuits", circuits);
    std::printf("read %d circuit configs, %d node and %d edge populations\n", circuits, nodes, edges);
    EXPECT_GE(circuits, 12);
    EXPECT_GE(edges, 20);
}

TEST_F(ReferenceCircuits, AllNodeSetsResolve) {
    int resolved = 0;
    for (const auto& file : files(test::reference_folder() / "circuits", "sets.json", ".json")) {
        if (file.filename().string().starts_with("compartment")) continue;
        SCOPED_TRACE(file.string());
        const auto sets = NodeSets::load(file);
        for (const auto& config : files(file.parent_path(), "circuit", ".json")) {
            const auto circuit = CircuitConfig::load(config);
            for (const auto& entry : circuit.nodes()) {
                if (!fs::exists(entry.file)) continue;
                const NodePopulation population(entry);
                for (const auto& name : sets.names()) {
                    sets.resolve(name, population);
                    ++resolved;
                }
            }
        }
    }
    EXPECT_GT(resolved, 20);
}

TEST_F(ReferenceCircuits, AllSwcAndH5MorphologiesAndSpikesLoad) {
    for (const auto& file : files(test::reference_folder() / "circuits", "", ".swc")) {
        SCOPED_TRACE(file.string());
        EXPECT_GT(read_morphology(file).sections.size(), 1u);
    }
    for (const auto& file : files(test::reference_folder() / "circuits", "", ".h5")) {
        if (file.parent_path().filename() != "h5") continue;
        SCOPED_TRACE(file.string());
        EXPECT_GT(read_morphology(file).sections.size(), 1u);
    }
    EXPECT_EQ(read_spikes(test::reference_folder() / "circuits/allen_300_intfire/output/spikes.h5").size(), 4322u);
    const NodePopulation v1(test::reference_folder() / "circuits/allen_300_intfire/network/v1_nodes.h5", "v1",
                            test::reference_folder() / "circuits/allen_300_intfire/network/v1_node_types.csv");
    EXPECT_EQ(v1.size(), 300);
    EXPECT_EQ(v1.texts("model_template")[0], "nrn:IntFire1");
}
