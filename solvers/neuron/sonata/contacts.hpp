// Neuro-glial contacts (edges of type synapse_astrocyte): places where an astrocyte's process touches a synapse. A contact names its
// synapse by edge population and edge, so that the astrocyte and the synapse may live on different ranks and still know each other's
// events.
//
//     synapse releases --release_source(contact)--> astrocyte           astrocyte's calcium --calcium_source(contact)--> synapse
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "solvers/neuron/sonata/contact_edges.hpp"
#include "solvers/neuron/sonata/network.hpp"

namespace ngv::neuron {

struct Contact {
    std::size_t population;  ///< place of its edge population in the circuit
    std::int64_t edge;
    std::int64_t astrocyte;  ///< gid
    std::size_t synapses;    ///< place of the population of its synapse
    std::int64_t synapse;    ///< edge of that population
};

/// Of this rank's astrocytes, in the order of populations, astrocytes, edges.
std::vector<Contact> contacts_of_astrocytes(const Network& network);

/// Of the synapses of this rank's neurons, by (place of the population, edge) of the synapse.
using ContactedSynapses = std::multimap<std::pair<std::size_t, std::int64_t>, Contact>;
ContactedSynapses contacts_of_synapses(const Network& network);

/// Who sends the events of calcium at a contact.
std::int64_t calcium_source(const Contact& contact);

/// ms, in whole steps: of glutamate to the astrocyte's membrane, and of calcium's answer to the synapse.
double contact_delay(const Network& network);

/// Contacts on this rank's astrocytes: GlutReceive where there is cadifus or mcd, GliaContact where there is glia_calcium.
void wire_contacts(Network& network);
/// Walls of the vessels under this rank's endfeet on processes with glia_calcium (those with cadifus have vascouplingB).
void wire_endfeet(Network& network);

}  // namespace ngv::neuron
