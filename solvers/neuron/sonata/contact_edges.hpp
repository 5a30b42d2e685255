// Rows of the circuit's edges of type synapse_astrocyte: which astrocyte touches which synapse. Both directions of edges occur: from the
// astrocyte (SONATA's extension) and from the neuron. A contact names its synapse by edge population and edge.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "solvers/common/circuit.hpp"

namespace ngv::neuron {

struct ContactEdge {
    std::size_t population;  ///< place of its edge population in the circuit
    std::int64_t edge;
    std::string astrocytes;  ///< node population
    std::int64_t astrocyte;  ///< node
    std::size_t synapses;    ///< place of the population of its synapse
    std::int64_t synapse;    ///< edge of that population
};

enum class ContactSide { astrocyte, neuron };

/// Contacts of the nodes that `nodes` names on one side, in the order of populations, these nodes, edges. UserError if an edge population
/// does not say which edges its synapse_id counts.
std::vector<ContactEdge> contact_edges(
    const CircuitConfig& circuit, ContactSide side,
    const std::function<std::vector<std::int64_t>(const std::string& population)>& nodes);

/// Who sends the events of calcium at a contact: a source that no cell is.
std::int64_t calcium_source(std::size_t population, std::int64_t edge);
/// Who sends the events of a synapse's releases.
std::int64_t release_source(std::size_t synapses, std::int64_t synapse);

}  // namespace ngv::neuron
