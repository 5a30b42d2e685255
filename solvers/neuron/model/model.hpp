// A circuit turned into a running network: the cells of this rank, their mechanisms, synapses, inputs, astrocytes and
// endfeet.
//
//     auto circuit = CircuitConfig::load("circuit_config.json");
//     Model model = build_model(comm, circuit, parameters, inputs, seed);
//     model.network->initialise();
//     while (...) model.network->step();
//
// Only edges that end on this rank's cells are read; edges whose source can never fire are left out.
#pragma once

#include <mpi.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "solvers/common/circuit.hpp"
#include "solvers/common/node_sets.hpp"
#include "solvers/common/placement.hpp"
#include "solvers/neuron/model/distribution.hpp"
#include "solvers/neuron/model/parameters.hpp"
#include "solvers/neuron/network/network.hpp"

namespace ngv::neuron {

struct ClampInput {
    std::string node_set;
    CurrentClamp clamp;  ///< its node is filled in
};

struct PoissonInput {
    std::string population;
    std::optional<double> rate_hz;  ///< else the attribute `rate` of each node
    double start_ms = 0, stop_ms = 1e300;
};

/// Spikes of a virtual (or any) population from a file.
struct ReplayInput {
    std::string population;
    std::vector<std::pair<double, std::int64_t>> spikes;  ///< ms, node id
};

struct Inputs {
    std::vector<ClampInput> clamps;
    std::vector<PoissonInput> poisson;
    bool poisson_by_attribute = false;  ///< also every virtual population whose nodes have `rate`
    std::vector<ReplayInput> replay;
    std::filesystem::path node_sets_file;  ///< adds to the circuit's node sets; may be empty
    std::string node_set;                  ///< only the cells of this set; empty: all
};

/// A cell of this rank.
struct ModelCell {
    CellSource source;
    std::shared_ptr<const CableCell> cable;
    Placement placement;
    int first_node = 0;

    int node(int compartment) const { return first_node + cable->node[compartment]; }
};

struct Model {
    Parameters parameters;
    std::vector<std::string> population_names;  ///< by population index
    NodeSets node_sets;
    std::vector<ModelCell> cells;  ///< neurons by id, then astrocytes by id: the order of the engine's cells
    int num_neurons = 0;
    std::unique_ptr<Network> network;

    Engine& engine() { return network->engine(); }
    /// Sets voltage and concentrations of every node to the parameters' resting values.
    void set_resting_state();
};

/// Collective. UserError for what the circuit lacks or what is not supported.
Model build_model(MPI_Comm comm, const CircuitConfig& circuit, const Parameters& parameters, const Inputs& inputs,
                  std::uint64_t seed);

/// The engine for some cells, with all mechanisms; what build_model() does without a circuit. `num_neurons` cells come
/// first.
std::unique_ptr<Engine> build_engine(const Parameters& parameters, std::vector<ModelCell>& cells, int num_neurons);
void set_resting_state(Engine& engine, const Parameters& parameters, int num_neurons);

}  // namespace ngv::neuron
