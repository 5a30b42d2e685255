// Endfeet of astrocytes: edges from vessels (type endfoot). Each becomes a section of one compartment at the end of the process that it
// belongs to, and moves the wall of its vessel.
//
//     process o---O---O---o   O: compartments, o: nodes without membrane
//                          \--O endfoot: endfoot_compartment_length, _diameter (its volume), _perimeter (its membrane)
//
// Section ids count the soma as 0, for endfeet as for everything else.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "solvers/common/circuit.hpp"
#include "solvers/neuron/cells/cell_description.hpp"
#include "solvers/neuron/model/blueprint.hpp"
#include "solvers/neuron/sonata/nodes_of_simulation.hpp"

namespace ngv::neuron {

constexpr int endfoot_section_type = 6;

struct Endfoot {
    std::int64_t edge, section;  ///< section: of the process it stands on; then of its own, once it is added
    double length, diameter;     ///< um
    double perimeter;            ///< um; of a round endfoot where the circuit does not say
    double vessel_radius;        ///< um, at rest
    int node = -1;               ///< of its compartment, once it is added
};

/// Endfeet by global id of their astrocyte, of this rank's astrocytes, in the order of edge populations and edges.
std::map<std::int64_t, std::vector<Endfoot>> read_endfeet(const CircuitConfig& circuit, const SimulationNodes& nodes);

/// The cell with its endfeet as further sections: the mechanisms of the process they stand on with its values, and vascouplingB
/// where that has cadifus. Sets the nodes of the endfeet. `where`: for messages.
std::shared_ptr<const Blueprint> with_endfeet(const Blueprint& cell, const CellDescription& description,
                                              std::vector<Endfoot>& endfeet);

}  // namespace ngv::neuron
