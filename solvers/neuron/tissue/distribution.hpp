// Which rank simulates which cell: by cost, compartments and synapses times what one of them takes in a short run. Results do not
// depend on it. Nobody reads all morphologies and edges: each rank looks at its share, and the numbers are exchanged.
#pragma once

#include <mpi.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "solvers/common/circuit.hpp"
#include "solvers/common/node_sets.hpp"
#include "solvers/neuron/cable/cable_cell.hpp"
#include "solvers/neuron/tissue/parameters.hpp"

namespace ngv::neuron::tissue {

/// One cell of the circuit.
struct CellSource {
    std::int64_t id = 0;  ///< global cell id
    int population = 0;   ///< index among the circuit's populations sorted by name
    std::int64_t node_id = 0;
    bool astrocyte = false;
    std::filesystem::path morphology;
};

/// Cells of the populations of type biophysical (and astrocyte): neurons by id, then astrocytes by id. The same on
/// every rank. UserError if the circuit has neither, or a population whose type cannot be simulated.
/// Only those of `node_set`, unless it is empty.
std::vector<CellSource> list_cells(const CircuitConfig& circuit, const NodeSets& sets = {},
                                   const std::string& node_set = {});

CableOptions cable_options(const Parameters& p, bool astrocyte);

/// Collective. The owner of each cell: largest first, each to the rank with least work so far (ties: lowest rank).
/// `live`: populations whose spikes reach synapses.
std::vector<int> distribute(MPI_Comm comm, const CircuitConfig& circuit, const std::vector<CellSource>& cells,
                            const std::vector<std::string>& live, const Parameters& p);

}  // namespace ngv::neuron::tissue
