// The neurons and astrocytes of a coupled run: a SONATA circuit whose cells all carry the tissue's membrane (mechanisms/mod/tissue),
// on the engine.
//
//     auto circuit = CircuitConfig::load("circuit_config.json");
//     TissueModel model = build_tissue(comm, circuit, parameters, inputs, seed);
//     model.initialise();
//     model.simulation->advance(1000);
//
// Only edges that end on this rank's cells are read.
#pragma once

#include <mpi.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "solvers/common/circuit.hpp"
#include "solvers/common/node_sets.hpp"
#include "solvers/common/placement.hpp"
#include "solvers/neuron/engine/simulation.hpp"
#include "solvers/neuron/tissue/distribution.hpp"
#include "solvers/neuron/tissue/parameters.hpp"

namespace ngv::neuron::tissue {

struct ClampInput {
    std::string node_set;
    double delay_ms, duration_ms, amp_nA;
};

struct PoissonInput {
    std::string population;
    std::optional<double> rate_hz;  ///< else the attribute `rate` of each node
    double start_ms = 0, stop_ms = 1e300;
};

struct Inputs {
    std::vector<ClampInput> clamps;
    std::vector<PoissonInput> poisson;
    bool poisson_by_attribute = false;  ///< also every virtual population whose nodes have `rate`
};

/// A cell of this rank.
struct TissueCell {
    CellSource source;
    std::shared_ptr<const Blueprint> blueprint;
    Placement placement;

    std::int64_t gid() const { return source.id; }
};

/// Synapses of equal kinetics on one compartment.
struct SynapseSite {
    Point point;
    int cell = 0, compartment = 0;  ///< place in TissueModel::cells, and in its blueprint
    bool inhibitory = false;
};

struct Endfoot {
    std::int64_t id = 0;      ///< global edge id
    std::int64_t vessel = 0;  ///< node id in the vasculature
    double radius = 0;        ///< um, of the vessel at rest
    int cell = 0, compartment = 0;
    Point wall;
};

struct TissueModel {
    Parameters parameters;
    std::vector<std::string> population_names;  ///< by population index
    NodeSets node_sets;
    std::vector<TissueCell> cells;  ///< neurons by id, then astrocytes by id
    int num_neurons = 0;
    std::vector<SynapseSite> synapses;
    std::vector<Endfoot> endfeet;
    std::unique_ptr<Simulation> simulation;

    /// Back to t = 0 at the concentrations of the moment, with leaks that hold the rest. UserError if a pump is too weak to, or a
    /// vessel's wall has no equilibrium.
    void initialise();

    std::string name_of(std::int64_t gid) const;  ///< "node 3 of population 'neurons'"
};

/// Collective. UserError for what the circuit lacks or what is not supported. `before_build` may add recorders.
TissueModel build_tissue(MPI_Comm comm, const CircuitConfig& circuit, const Parameters& parameters,
                         const Inputs& inputs, std::uint64_t seed,
                         const std::function<void(const TissueModel&, EngineBuilder&)>& before_build = {});

/// The project's mechanisms.
const ngv_catalogue* tissue_mechanisms();

}  // namespace ngv::neuron::tissue
