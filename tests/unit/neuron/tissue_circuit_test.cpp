// A small circuit from the builder as tissue: spikes, contacts, endfeet, places, on 1, 2 and 3 ranks.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "solvers/common/edges.hpp"
#include "solvers/neuron/tissue/gliotransmission.hpp"
#include "solvers/neuron/tissue/membrane.hpp"
#include "solvers/neuron/tissue/segments.hpp"
#include "tests/unit/neuron/built_circuit.hpp"

namespace ngv::neuron {

using namespace tissue;

namespace {

class TissueCircuit : public test::BuiltCircuit {
  protected:
    static TissueModel model(MPI_Comm comm, const Parameters& parameters = default_parameters()) {
        Inputs inputs;
        inputs.poisson_by_attribute = true;
        inputs.clamps.push_back({"Neurons", 5, 40, .4});
        auto m = build_tissue(comm, CircuitConfig::load(folder() / "circuit" / "circuit_config.json"), parameters,
                              inputs, 1);
        m.initialise();
        return m;
    }
    static std::vector<Spike> gather(std::vector<Spike> mine) {
        int size = 1, n = static_cast<int>(2 * mine.size());
        MPI_Comm_size(MPI_COMM_WORLD, &size);
        std::vector<int> counts(size), offsets(size, 0);
        MPI_Allgather(&n, 1, MPI_INT, counts.data(), 1, MPI_INT, MPI_COMM_WORLD);
        for (int r = 1; r < size; ++r) offsets[r] = offsets[r - 1] + counts[r - 1];
        std::vector<Spike> all((offsets.back() + counts.back()) / 2);
        MPI_Allgatherv(mine.data(), n, MPI_DOUBLE, all.data(), counts.data(), offsets.data(), MPI_DOUBLE,
                       MPI_COMM_WORLD);
        std::sort(all.begin(), all.end());
        return all;
    }
};

}  // namespace

TEST_F(TissueCircuit, SpikesAreTheSameOnAnyNumberOfRanks) {
    auto together = model(MPI_COMM_WORLD), alone = model(MPI_COMM_SELF);
    for (auto* m : {&together, &alone}) m->simulation->advance(2000);

    const auto spikes = alone.simulation->take_spikes();
    EXPECT_GT(spikes.size(), 3u);
    EXPECT_EQ(gather(together.simulation->take_spikes()), spikes);
    for (const TissueCell& cell : together.cells)  // every concentration, to the last bit
        for (const char* variable : {"v", "nai", "ki", "cai"}) {
            const auto a = together.simulation->addresses(cell.gid(), variable),
                       b = alone.simulation->addresses(cell.gid(), variable);
            for (std::size_t i = 0; i < a.size(); ++i) ASSERT_EQ(*a[i], *b[i]) << variable << " of " << cell.gid();
        }
}

TEST_F(TissueCircuit, GivesEachEndfootTheRadiusOfItsVesselAndKeepsItAtRest) {
    auto m = model(MPI_COMM_WORLD);
    int feet = static_cast<int>(m.endfeet.size());
    for (const Endfoot& e : m.endfeet) {
        EXPECT_GT(e.radius, 0.5);
        EXPECT_EQ(*m.simulation->address({.variable = "radius", .point = e.wall}), e.radius);
    }
    MPI_Allreduce(MPI_IN_PLACE, &feet, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
    EXPECT_GT(feet, 0);
}

TEST_F(TissueCircuit, PlacesSegmentsInTheTissue) {
    auto m = model(MPI_COMM_WORLD);
    const Segments segments(m);
    ASSERT_EQ(segments.first.size(), m.cells.size() + 1);
    for (const TissueCell& cell : m.cells) {
        const auto pieces = placed_pieces(cell, 0);
        ASSERT_FALSE(pieces.empty());
        for (int d = 0; d < 3; ++d) EXPECT_NEAR(pieces[d], cell.placement.position[d], 20);
    }
}

TEST_F(TissueCircuit, AMisspeltNodeSetIsNamedWithTheNearest) {
    Inputs inputs;
    inputs.clamps.push_back({"Nuerons", 5, 40, .4});
    try {
        build_tissue(MPI_COMM_SELF, CircuitConfig::load(folder() / "circuit" / "circuit_config.json"),
                     default_parameters(), inputs, 1);
        FAIL() << "expected a UserError";
    } catch (const UserError& e) {
        EXPECT_NE(std::string(e.what()).find("Neurons"), std::string::npos) << e.what();
    }
}

/// Who has a cell costs a rank its compartments and its instances of synapses; a rank that does not have it counts edges.
TEST_F(TissueCircuit, EdgesAreAboutAsManyAsInstancesOfSynapses) {
    const auto circuit = CircuitConfig::load(folder() / "circuit" / "circuit_config.json");
    const auto m = model(MPI_COMM_SELF);
    std::map<int, double> edges, instances;
    for (const auto& site : m.synapses) ++instances[site.cell];
    for (const auto& entry : circuit.edges()) {
        if (entry.type != "chemical") continue;
        const EdgePopulation population(entry);
        for (int c = 0; c < m.num_neurons; ++c) {
            const auto& cell = m.cells[static_cast<std::size_t>(c)];
            if (circuit.node_population(population.target_population()).index == cell.source.population)
                edges[c] += static_cast<double>(
                    population.afferent(std::vector<std::int64_t>{cell.source.node_id}).edges.size());
        }
    }

    for (int c = 0; c < m.num_neurons; ++c) {
        EXPECT_GT(instances[c], 0);
        EXPECT_NEAR(edges[c], instances[c], 0.1 * instances[c]) << "neuron " << c;
    }
}

/// Sum over all ranks.
double total(double mine) {
    MPI_Allreduce(MPI_IN_PLACE, &mine, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
    return mine;
}

TEST_F(TissueCircuit, CalciumOfAstrocytesLowersTheReleaseOfTheSynapsesTheyTouchOnAnyNumberOfRanks) {
    Parameters p = default_parameters();
    p.glia.gliotransmission = true;
    struct Sums {
        double released = 0, touched = 0, reached = 0;
    };
    const auto run = [&](MPI_Comm comm, bool calcium_rises) {
        TissueModel m = model(comm, p);
        m.simulation->advance(40);
        for (std::size_t c = static_cast<std::size_t>(m.num_neurons); calcium_rises && c < m.cells.size(); ++c)
            for (double* ca : m.simulation->addresses(m.cells[c].gid(), "glia_calcium.ca")) *ca = 0.8;
        m.simulation->advance(2000);
        Sums sums;
        for (const auto& site : m.synapses) {
            if (site.inhibitory) continue;
            sums.released += *m.simulation->address({.variable = "glutamate_released", .point = site.point});
            if (p.glia.gliotransmission)
                sums.reached += *m.simulation->address({.variable = "use_factor", .point = site.point}) < 0.5;
        }
        std::set<std::pair<std::size_t, std::int64_t>> touched;  // several astrocytes may touch one
        const auto circuit = CircuitConfig::load(folder() / "circuit" / "circuit_config.json");
        for (const auto& [synapse, contact] : contacted_synapses(circuit, m)) {
            const std::vector<std::int64_t> row{synapse.second};
            if (EdgePopulation(circuit.edges()[synapse.first]).integers("syn_type_id", row)[0] >= 100)
                touched.insert(synapse);
        }
        sums.touched = static_cast<double>(touched.size());
        return sums;
    };
    const Sums at_rest = run(MPI_COMM_SELF, false), risen = run(MPI_COMM_SELF, true);
    const Sums mine = run(MPI_COMM_WORLD, true);
    p.glia.gliotransmission = false;
    const Sums without = run(MPI_COMM_SELF, true);

    EXPECT_GT(risen.touched, 10);
    EXPECT_EQ(at_rest.reached, 0);
    EXPECT_EQ(risen.reached, risen.touched);  // these and no others
    EXPECT_NEAR(at_rest.released, without.released, 1e-9 * without.released);
    EXPECT_LT(risen.released,
              0.97 * without.released);  // most synapses here belong to fibres that no astrocyte touches
    EXPECT_EQ(total(mine.reached), risen.reached);
    EXPECT_NEAR(total(mine.released), risen.released, 1e-12 * risen.released);
}

TEST_F(TissueCircuit, AllRanksAgreeWhoGetsWhichCellByCompartmentsAndSynapses) {
    const auto seconds = measure_costs(default_parameters());
    EXPECT_GT(seconds.neuron, 0);
    EXPECT_GT(seconds.excitatory, 0);
    EXPECT_LT(seconds.excitatory, seconds.neuron);  // a compartment has a dozen mechanisms

    const auto circuit = CircuitConfig::load(folder() / "circuit" / "circuit_config.json");
    const auto cells = list_cells(circuit);
    const auto owner = distribute(MPI_COMM_WORLD, circuit, cells, {"neurons", "inputs"}, default_parameters());

    int ranks = 1;
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    for (int r = 0; r < ranks; ++r) EXPECT_EQ(std::count(owner.begin(), owner.end(), r) > 0, true) << r;
    std::vector<int> first = owner;
    MPI_Bcast(first.data(), static_cast<int>(first.size()), MPI_INT, 0, MPI_COMM_WORLD);
    EXPECT_EQ(owner, first);  // all ranks agree
}

}  // namespace ngv::neuron
