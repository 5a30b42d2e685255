// What cells cost decides who simulates them: a network whose cells differ in what a count of mechanisms does not show.
#include <gtest/gtest.h>

#include <algorithm>

#include "solvers/common/resources.hpp"
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

/// A soma with a dendrite; either much passive membrane, or little of it under many synapses.
struct Kind {
    int compartments, synapses;
    std::shared_ptr<const Blueprint> blueprint() const {
        TreeCell c({{12.6, 12.6, 1, 100}, {400, 1.2, compartments - 1, 100, 0}});
        c.insert("hh", c.nodes(0));
        c.insert("pas", c.nodes(1));
        return c.share();
    }
    /// s a step of one cell, in a run of eight of them.
    double seconds() const {
        EngineBuilder b({});
        for (const auto* catalogue : catalogues()) b.add_catalogue(catalogue);
        const auto cell = blueprint();
        for (int gid = 0; gid < 8; ++gid) {
            b.add_cell(gid, cell);
            for (int k = 0; k < synapses; ++k)
                b.add_point(gid, cell->node[static_cast<std::size_t>(k % compartments)], "ProbAMPANMDA_EMS");
        }
        const auto s = b.build(MPI_COMM_SELF);
        s->initialise();
        double best = 1e300;
        for (int repeat = 0; repeat < 7; ++repeat) {
            Timer timer;
            s->advance(40);
            best = std::min(best, timer.seconds() / 40 / 8);
        }
        return best;
    }
};

}  // namespace

TEST(CostModel, MeasuredCostsBalanceASkewedNetworkBetterThanCounts) {
    const Kind kinds[] = {{200, 0}, {20, 400}, {20, 1600}};
    const int kind_of[] = {0, 2, 0, 1};  // in turns
    CostModel model({}, catalogues());
    for (const auto& kind : kinds) model.measure(kind.blueprint(), {"ProbAMPANMDA_EMS"});
    model.share(MPI_COMM_SELF);
    std::vector<double> counted, measured, real;
    const double of_kind[] = {kinds[0].seconds(), kinds[1].seconds(), kinds[2].seconds()};
    for (int cell = 0; cell < 40; ++cell) {
        const Kind& kind = kinds[kind_of[cell % 4]];
        counted.push_back(kind.compartments + 1);  // one mechanism beside the passive membrane
        measured.push_back(model.of(*kind.blueprint()) + kind.synapses * model.of_point("ProbAMPANMDA_EMS"));
        real.push_back(of_kind[kind_of[cell % 4]]);
    }

    for (int ranks : {2, 4}) {
        const double before = imbalance(real, largest_first(counted, ranks), ranks),
                     after = imbalance(real, largest_first(measured, ranks), ranks);
        EXPECT_LT(after, before) << ranks;
        EXPECT_LT(after, 1.35) << ranks;
    }
    EXPECT_GT(model.of_node(), 0);
    EXPECT_GT(model.of_point("hh"), model.of_point("pas"));
    EXPECT_EQ(model.of_point("unknown"), 0);
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
    const auto size = b.build(MPI_COMM_SELF)->size();

    EXPECT_EQ(size.connections, cells * inputs);
    EXPECT_LE((size.bytes - size.connection_bytes) / static_cast<double>(size.compartments), 120);
    EXPECT_LE(size.connection_bytes / static_cast<double>(size.connections), 24);
}

TEST(CostModel, TheLargestGoFirstToWhoHasLeast) {
    const std::vector<double> costs{4, 3, 3, 2, 2};
    const auto owner = largest_first(costs, 2);
    EXPECT_EQ(owner, (std::vector<int>{0, 1, 1, 0, 0}));
    EXPECT_DOUBLE_EQ(imbalance(costs, owner, 2), 8.0 / 7);
}

}  // namespace ngv::neuron
