// What cells cost decides who simulates them: a network whose cells differ in what a count of mechanisms does not show.
#include <gtest/gtest.h>

#include "solvers/neuron/engine/cost_model.hpp"
#include "solvers/neuron/engine/simulation.hpp"
#include "solvers/neuron/nmodl/catalogue.hpp"
#include "tests/unit/neuron/tree_cells.hpp"

namespace ngv::neuron {

namespace {

using test::TreeCell;

std::vector<const ngv_catalogue*> catalogues() {
    return {nmodl::own_catalogue("base").get(), nmodl::own_catalogue("bbp").get()};
}

/// A soma of squid membrane with a passive dendrite.
std::shared_ptr<const Blueprint> cell_of(int compartments) {
    TreeCell c({{12.6, 12.6, 1, 100}, {400, 1.2, compartments - 1, 100, 0}});
    c.insert("hh", c.nodes(0));
    c.insert("pas", c.nodes(1));
    return c.share();
}

}  // namespace

TEST(CostModel, ACellCostsWhatItsNodesAndInstancesWereMeasuredToTake) {
    CostModel model({}, catalogues());
    const auto small = cell_of(20), large = cell_of(200);
    model.measure(large, {"ProbAMPANMDA_EMS"});
    model.share(MPI_COMM_SELF);

    for (const auto& cell : {small, large})
        EXPECT_DOUBLE_EQ(model.of(*cell), model.of_node() * cell->num_nodes() + model.of_point("hh") +
                                              model.of_point("pas") * (cell->num_compartments() - 1));
    EXPECT_GT(model.of_point("ProbAMPANMDA_EMS"), 0);
    EXPECT_EQ(model.of_point("unknown"), 0);
}

TEST(CostModel, WhatIsKnownIsNotMeasuredAgain) {
    CostModel model({}, catalogues());
    model.measure(cell_of(200));
    const double hh = model.of_point("hh"), node = model.of_node();

    model.measure(cell_of(20));

    EXPECT_EQ(model.of_point("hh"), hh);
    EXPECT_EQ(model.of_node(), node);
}

/// Cells in turns: large and passive, or small under many synapses. A count of mechanisms takes them for what they are not.
TEST(CostModel, CostsOfSynapsesBalanceWhatCountsDoNot) {
    std::vector<double> counted, real;
    for (int cell = 0; cell < 40; ++cell) {
        const double nodes = cell % 2 ? 20 : 200, synapses = cell % 4 == 1 ? 1600 : cell % 4 == 3 ? 400 : 0;
        counted.push_back(nodes);
        real.push_back(nodes + 2 * synapses);
    }

    for (int ranks : {2, 4}) {
        EXPECT_GT(imbalance(real, largest_first(counted, ranks), ranks), 1.2) << ranks;
        EXPECT_LT(imbalance(real, largest_first(real, ranks), ranks), 1.05) << ranks;
    }
}

TEST(Memory, ACompartmentOfSquidMembraneTakes120BytesAndAConnection24) {
    EngineBuilder b({});
    for (const auto* catalogue : catalogues()) b.add_catalogue(catalogue);
    constexpr int cells = 64, inputs = 200;
    for (int gid = 0; gid < cells; ++gid) {
        TreeCell c({{12.6, 12.6, 1, 100}, {400, 1.2, 99, 100, 0}, {300, 1, 100 + gid % 5, 100, 0}});
        c.insert("hh", c.all_nodes());
        b.add_cell(gid, c.share());
        b.add_detector(gid, {.gid = gid, .node = c.at(0, .5)}, 0);
        const Point p = b.add_point(gid, c.at(1, .5), "ExpSyn");
        for (int k = 0; k < inputs; ++k) b.add_connection((gid + k) % cells, p, 1, {.001}, k);
    }
    const auto simulation = b.build(MPI_COMM_SELF);
    simulation->forget_shapes();
    const auto size = simulation->size();

    EXPECT_EQ(size.connections, cells * inputs);
    EXPECT_LE((size.bytes - size.connection_bytes - size.source_bytes) / static_cast<double>(size.compartments), 120);
    EXPECT_LE(size.connection_bytes / static_cast<double>(size.connections), 24);
}

TEST(CostModel, TheLargestGoFirstToWhoHasLeast) {
    const std::vector<double> costs{4, 3, 3, 2, 2};
    const auto owner = largest_first(costs, 2);
    EXPECT_EQ(owner, (std::vector<int>{0, 1, 1, 0, 0}));
    EXPECT_DOUBLE_EQ(imbalance(costs, owner, 2), 8.0 / 7);
}

}  // namespace ngv::neuron
