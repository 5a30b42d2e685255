// Spike exchange: the same answer on 1, 2 and 3 ranks.
#include "solvers/neuron/network/network.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/unit/neuron/test_cells.hpp"

namespace ngv::neuron {

using namespace test;

namespace {

constexpr int num_cells = 6;

std::int64_t id_of(int cell) {
    return static_cast<std::int64_t>(cell) << 20;
}

/// A ring of cells, each exciting the next, with Poisson inputs on all; cell c lives on rank c % size.
Network ring(MPI_Comm comm, const Parameters& p) {
    int rank = 0, size = 1;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    std::vector<ModelCell> cells;
    std::vector<int> mine;
    auto cable = std::make_shared<const CableCell>(build_cable(small_neuron(), cable_options(p, false)));
    for (int c = rank; c < num_cells; c += size) {
        CellSource source;
        source.id = id_of(c);
        cells.push_back({source, cable, {}, 0});
        mine.push_back(c);
    }
    auto engine = build_engine(p, cells, static_cast<int>(cells.size()));
    PoissonSources poisson(3, p.dt);
    std::vector<Connection> connections;
    for (int i = 0; i < 4; ++i) poisson.add(id_of(100 + i), 30);
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const int c = mine[i];
        Connection link;
        link.source = id_of((c + num_cells - 1) % num_cells);
        link.order = c;
        link.target = engine->synapses.excitatory(cells[i].node(1), 1.7);
        link.delay_steps = 40 + 7 * c;
        link.weight = 12;
        connections.push_back(link);
        for (int s = 0; s < 4; ++s) {
            link.source = id_of(100 + s);
            link.order = 100 + num_cells * s + c;
            link.delay_steps = 30 + s;
            link.weight = static_cast<float>(1 + (c + s) % 3 * 4);
            connections.push_back(link);
        }
    }
    return Network(comm, {}, std::move(engine), Connections(std::move(connections)), std::move(poisson), {}, {});
}

std::vector<SpikeEvent> gather(MPI_Comm comm, std::vector<SpikeEvent> local) {
    return SpikeExchange(comm).exchange(local);
}

std::vector<SpikeEvent> run(MPI_Comm comm, const Parameters& p, int steps) {
    Network net = ring(comm, p);
    net.initialise();
    for (int i = 0; i < steps; ++i) net.step();
    return gather(comm, net.take_spikes());
}

}  // namespace

TEST(NetworkOnRanks, SpikesAreIdenticalToThoseOfOneRank) {
    const Parameters p = default_parameters();

    const auto alone = run(MPI_COMM_SELF, p, 8000);
    const auto together = run(MPI_COMM_WORLD, p, 8000);

    EXPECT_GT(alone.size(), 10u);
    EXPECT_EQ(alone, together);
}

TEST(NetworkOnRanks, ASecondRunGivesTheSameSpikes) {
    const Parameters p = default_parameters();
    Network net = ring(MPI_COMM_WORLD, p);
    std::vector<SpikeEvent> runs[2];
    for (auto& spikes : runs) {
        set_resting_state(net.engine(), p, static_cast<int>(net.engine().cells().size()));
        net.initialise();
        for (int i = 0; i < 4000; ++i) net.step();
        spikes = gather(MPI_COMM_WORLD, net.take_spikes());
    }

    EXPECT_FALSE(runs[0].empty());
    EXPECT_EQ(runs[0], runs[1]);
}

TEST(NetworkOnRanks, ReleaseIsCountedInMoleculesAndCostsAtp) {
    const Parameters p = default_parameters();
    Network net = ring(MPI_COMM_WORLD, p);
    net.initialise();
    double before[2] = {0, 0};
    for (int i = 0; i < 4000; ++i) net.step();
    for (double x : net.engine().nodes.glutamate_released) before[0] += x;
    for (double x : net.engine().nodes.gaba_released) before[1] += x;
    MPI_Allreduce(MPI_IN_PLACE, before, 2, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);

    const double vesicles = before[0] * 6.02214076e23 / 4000;
    EXPECT_GT(vesicles, 10);
    EXPECT_NEAR(vesicles, std::round(vesicles), 1e-6);  // every event releases one vesicle here
    EXPECT_EQ(before[1], 0);
}

TEST(Distribution, LargestCellsGoToTheRankWithLeastWork) {
    const auto owner = assign_by_cost({5, 9, 4, 4, 1, 1}, 2);

    std::int64_t load[2] = {0, 0};
    const std::int64_t costs[] = {5, 9, 4, 4, 1, 1};
    for (int i = 0; i < 6; ++i) load[owner[i]] += costs[i];
    EXPECT_LE(std::max(load[0], load[1]), 13);
}

}  // namespace ngv::neuron
