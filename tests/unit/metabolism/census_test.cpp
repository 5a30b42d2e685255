#include "solvers/metabolism/coupled/census.hpp"

#include "solvers/common/hdf5.hpp"
#include "solvers/common/ids.hpp"
#include "tests/unit/common/helpers.hpp"

namespace ngv::metabolism {
namespace {

using ngv::testing::Folder;
using Ids = std::vector<std::int64_t>;

/// Five neurons in layers 2, 4, 6, none, 1; two astrocytes, whose contacts say whom they serve.
CircuitConfig circuit(const Folder& folder) {
    {
        auto file = h5::File::create(folder / "neurons.h5");
        const auto p = file.create_group("/nodes/neurons");
        p.write("node_type_id", Ids(5, -1));
        p.write("0/layer", Ids{2, 4, 6, 0, 1});
    }
    {
        auto file = h5::File::create(folder / "glia.h5");
        file.create_group("/nodes/glia").write("node_type_id", Ids(2, -1));
    }
    {
        auto file = h5::File::create(folder / "contacts.h5");
        const auto p = file.create_group("/edges/contacts");
        p.write("source_node_id", Ids{0, 1, 1, 0, 1, 0}).set_attribute("node_population", "glia");
        p.write("target_node_id", Ids{0, 0, 0, 1, 1, 2}).set_attribute("node_population", "neurons");
        p.write("edge_type_id", Ids(6, -1));
    }
    return CircuitConfig::load(folder.write("circuit_config.json", R"({
        "networks": {
          "nodes": [
            {"nodes_file": "neurons.h5", "populations": {"neurons": {"type": "biophysical"}}},
            {"nodes_file": "glia.h5", "populations": {"glia": {"type": "astrocyte"}}}],
          "edges": [{"edges_file": "contacts.h5", "populations": {"contacts": {"type": "synapse_astrocyte"}}}]}})"));
}

TEST(Census, TakesNeuronsAndNoAstrocytes) {
    const Folder folder;
    const Census census = take_census(circuit(folder));
    EXPECT_EQ(census.ids.size(), 5u);
    EXPECT_EQ(census.population_of.size(), 1u);
}

TEST(Census, LayersAreThoseOfTheNodeAttribute) {
    const Folder folder;
    const auto config = circuit(folder);
    const auto ids = take_census(config).ids;

    EXPECT_EQ(layers_of(config, ids, "layer"), (std::vector<int>{2, 4, 6, 0, 1}));
    EXPECT_EQ(layers_of(config, ids, "no_such_attribute"), (std::vector<int>{0, 0, 0, 0, 0}));
}

TEST(Census, ANeuronIsServedByTheAstrocyteWithMostContacts) {
    const Folder folder;
    const auto config = circuit(folder);
    const auto ids = take_census(config).ids;
    const auto glia = [&](std::int64_t node) { return cell_id(config.node_population("glia").index, node); };

    const auto served = astrocytes_of(config, ids);

    EXPECT_EQ(served, (Ids{glia(1), glia(0), glia(0), -1, -1}));  // two contacts; the lower id of equals; one; none
}

}  // namespace
}  // namespace ngv::metabolism
