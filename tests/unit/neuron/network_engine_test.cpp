// Networks on the engine: the same spikes on any number of ranks, in any arithmetic of lanes.
#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "solvers/neuron/engine/checkpoint.hpp"
#include "solvers/neuron/engine/simulation.hpp"
#include "tests/unit/neuron/hand_mechanisms.hpp"
#include "tests/unit/neuron/tree_cells.hpp"

namespace ngv::neuron {

namespace {

using test::TreeCell;

/// Cells of three sizes, all to all in a ring with jumps; kicks from outside. Every rank gets each size-th cell.
struct Net {
    int cells = 21;
    double delay = 1.5;
    SimulationOptions options = {};

    static TreeCell cell(std::int64_t gid) {
        TreeCell c({{12.6157, 12.6157, 1, 100},
                    {200, 1, 5 + static_cast<int>(gid % 3), 100, 0},
                    {100, .7, 3, 100, 1},
                    {80, .6, 2 + static_cast<int>(gid % 2), 100, 1}});
        std::vector<int> dendrites = c.all_nodes();
        dendrites.erase(dendrites.begin());
        c.insert("hh", c.nodes(0));
        c.insert("pas", dendrites, {{"g", {.0005 + 1e-5 * static_cast<double>(gid)}}, {"e", {-65}}});
        return c;
    }

    std::unique_ptr<Simulation> build(MPI_Comm comm) const {
        int rank = 0, size = 1;
        MPI_Comm_rank(comm, &rank);
        MPI_Comm_size(comm, &size);
        EngineBuilder b(options);
        b.add_catalogue(test::hand_mechanisms());
        for (std::int64_t gid = rank; gid < cells; gid += size) {
            const TreeCell c = cell(gid);
            b.add_cell(gid, c.share());
            b.add_detector(gid, {.gid = gid, .node = c.at(0, .5)}, -10);
            const Point p = b.add_point(gid, c.at(1, .5), "ExpSyn", {{"tau", 2}, {"e", 0}});
            const Point q = b.add_point(gid, c.at(3, .5), "Exp2Syn", {{"tau1", .5}, {"tau2", 5}, {"e", -70}});
            b.add_connection((gid + cells - 1) % cells, p, delay, {.02}, 1);
            b.add_connection((gid + cells - 1) % cells, p, delay, {.02}, 2);
            b.add_connection((gid + 7) % cells, q, delay + .013, {.002}, 3);
            b.add_connection(1000 + gid % 4, p, .7, {.05}, 4);
            b.add_connection(5000, p, .7, {1}, 5);  // nobody fires as 5000
        }
        for (int k = 0; k < 4; ++k) b.add_spikes(1000 + k, {1.0 + k, 20.3 + k});
        return b.build(comm);
    }
};

std::vector<Spike> gather(MPI_Comm comm, const std::vector<Spike>& mine) {
    int size = 1, n = static_cast<int>(2 * mine.size());
    MPI_Comm_size(comm, &size);
    std::vector<int> counts(size), offsets(size, 0);
    MPI_Allgather(&n, 1, MPI_INT, counts.data(), 1, MPI_INT, comm);
    for (int r = 1; r < size; ++r) offsets[r] = offsets[r - 1] + counts[r - 1];
    std::vector<Spike> all((offsets.back() + counts.back()) / 2);
    MPI_Allgatherv(mine.data(), n, MPI_DOUBLE, all.data(), counts.data(), offsets.data(), MPI_DOUBLE, comm);
    std::sort(all.begin(), all.end());
    return all;
}

std::vector<Spike> run(const Net& net, MPI_Comm comm, int pieces = 1) {
    auto s = net.build(comm);
    s->initialise();
    std::vector<Spike> mine;
    for (int p = 0; p < pieces; ++p) {
        s->advance(2400 / pieces);
        const auto some = s->take_spikes();
        mine.insert(mine.end(), some.begin(), some.end());
    }
    return gather(comm, mine);
}

}  // namespace

TEST(NetworkEngine, SpikesDoNotDependOnTheNumberOfRanks) {
    for (bool exact : {true, false}) {
        Net net;
        net.options.neuron_arithmetic = exact;
        const auto together = run(net, MPI_COMM_WORLD);
        const auto alone = run(net, MPI_COMM_SELF);
        int size = 1;
        MPI_Comm_size(MPI_COMM_WORLD, &size);
        ASSERT_GT(together.size(), 40u);
        // run() on MPI_COMM_SELF holds all cells on each rank
        EXPECT_EQ(together, alone) << "exact " << exact;
    }
}

TEST(NetworkEngine, SpikesDoNotDependOnHowTheRunIsCutIntoPieces) {
    const Net net;
    EXPECT_EQ(run(net, MPI_COMM_WORLD, 1), run(net, MPI_COMM_WORLD, 32));
}

TEST(NetworkEngine, ADelayOfOneStepWorks) {
    Net net;
    net.delay = .025;
    const auto spikes = run(net, MPI_COMM_WORLD);
    EXPECT_EQ(spikes, run(net, MPI_COMM_SELF));
    EXPECT_EQ(net.build(MPI_COMM_WORLD)->epoch_steps(), 1);
}

TEST(NetworkEngine, AnEpochIsHalfTheMinimumDelayOfSimulatedSources) {
    auto s = Net{}.build(MPI_COMM_WORLD);
    EXPECT_DOUBLE_EQ(s->min_delay(), 1.5);
    EXPECT_EQ(s->epoch_steps(), 30);
}

TEST(NetworkEngine, ConnectionsFromSourcesThatNeverFireAreLeftOut) {
    auto s = Net{}.build(MPI_COMM_SELF);
    EXPECT_EQ(s->size().connections, 21 * 4);
    EXPECT_LE(s->size().connection_bytes / static_cast<double>(s->size().connections), 24);
}

TEST(NetworkEngine, InterpolatedSpikesLieInsideTheStepBeforeNeurons) {
    Net net;
    net.delay = 1e4;  // no interaction
    const auto neuron = run(net, MPI_COMM_WORLD);
    net.options.interpolate_spikes = true;
    const auto interpolated = run(net, MPI_COMM_WORLD);
    ASSERT_EQ(neuron.size(), interpolated.size());
    for (const Spike& s : interpolated) {
        const auto it = std::find_if(neuron.begin(), neuron.end(), [&](const Spike& n) {
            return n.source == s.source && n.time > s.time - 1e-9 && n.time - s.time < net.options.dt + 1e-6;
        });
        EXPECT_NE(it, neuron.end()) << s.source << " at " << s.time;
    }
}

TEST(NetworkEngine, AWideCellComputesWhatALaneDoes) {
    std::vector<double> v[2];
    for (bool wide : {false, true}) {
        SimulationOptions options;
        options.neuron_arithmetic = !wide;
        EngineBuilder b(options);
        b.add_catalogue(test::hand_mechanisms());
        const TreeCell c = Net::cell(3);
        b.add_cell(3, c.share());
        b.add_current_clamp(3, c.at(0, .5), Waveform::box(1, 5, .5));
        const int r = b.add_recorder({.columns = {{.gid = 3, .node = c.at(0, .5)}, {.gid = 3, .node = c.at(3, .5)}}});
        auto s = b.build(MPI_COMM_SELF);
        s->initialise();
        s->advance(400);
        v[wide] = s->take_frames(r).values;
    }
    ASSERT_EQ(v[0].size(), v[1].size());
    for (std::size_t i = 0; i < v[0].size(); ++i) EXPECT_NEAR(v[0][i], v[1][i], 1e-7) << i;
}

TEST(NetworkEngine, ARunThatStoppedGoesOnWithTheSameBits) {
    int pid = getpid(), size = 1, rank = 0;
    MPI_Bcast(&pid, 1, MPI_INT, 0, MPI_COMM_WORLD);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    const auto file = std::filesystem::temp_directory_path() / ("ngv_checkpoint_" + std::to_string(pid) + ".h5");
    const Net net;
    auto first = net.build(MPI_COMM_WORLD);
    first->initialise();
    first->advance(907);  // in the middle of an epoch, with events and spikes on their way
    first->take_spikes();
    write_checkpoint(*first, file);
    first->advance(1400);
    const auto expected = gather(MPI_COMM_WORLD, first->take_spikes());

    auto second = net.build(MPI_COMM_WORLD), alone = net.build(MPI_COMM_SELF);
    for (auto* s : {second.get(), alone.get()}) {
        s->initialise();
        read_checkpoint(*s, file);
        EXPECT_EQ(s->steps(), 907);
        s->advance(1400);
    }

    ASSERT_GT(expected.size(), 10u);
    EXPECT_EQ(gather(MPI_COMM_WORLD, second->take_spikes()), expected);
    EXPECT_EQ(alone->take_spikes(), expected);  // written by all ranks, read by one
    for (std::int64_t gid : first->gids())
        for (int node = 0; node < first->blueprint(gid).num_nodes(); ++node)
            ASSERT_EQ(*first->address({.gid = gid, .node = node}), *alone->address({.gid = gid, .node = node}));
    MPI_Barrier(MPI_COMM_WORLD);
    if (rank == 0) std::filesystem::remove(file);
}

TEST(NetworkEngine, MistakesAreNamed) {
    EngineBuilder b({});
    b.add_catalogue(test::hand_mechanisms());
    b.add_cell(1, Net::cell(1).share());
    EXPECT_THROW(b.add_point(1, 2, "ExpSim"), std::runtime_error);
    EXPECT_THROW(b.add_point(1, 2, "ExpSyn", {{"taw", 1}}), std::runtime_error);
    EXPECT_THROW(b.add_point(1, 999, "ExpSyn"), std::runtime_error);
    EXPECT_THROW(b.add_point(2, 0, "ExpSyn"), std::runtime_error);
    EXPECT_THROW(b.add_cell(1, Net::cell(1).share()), std::runtime_error);
    const Point p = b.add_point(1, 2, "ExpSyn");
    EXPECT_THROW(b.add_connection(1, p, -.001, {1}), std::runtime_error);
    EngineBuilder early({});
    early.add_catalogue(test::hand_mechanisms());
    early.add_cell(1, Net::cell(1).share());
    early.add_detector(1, {.gid = 1, .node = 0}, 0);
    early.add_connection(1, early.add_point(1, 2, "ExpSyn"), .001, {1});
    EXPECT_THROW(early.build(MPI_COMM_SELF), std::runtime_error);
    b.add_recorder({.columns = {{.gid = 1, .node = 0, .variable = "hh.q"}}});
    EXPECT_THROW(b.build(MPI_COMM_SELF), std::runtime_error);
}

}  // namespace ngv::neuron
