// The way back from astrocytes to synapses (`astrocytes: {gliotransmission: true}`; De Pitta et al. 2011, PLoS Comput Biol 7:e1002293):
// where the calcium of an astrocyte at a contact crosses its threshold, it releases, and what it releases acts on the utilisation of
// the synapse that it touches there.
//
//     GliaContact --glutamate--> glia_calcium --ca > threshold--> Gliotransmission --event--> GlioModulation --> use_factor of AmpaNmda
//
// What reaches the astrocyte at the contact follows: use_factor of its GliaContact.
#pragma once

#include <map>
#include <utility>

#include "solvers/neuron/sonata/contact_edges.hpp"
#include "solvers/neuron/tissue/tissue_model.hpp"

namespace ngv::neuron::tissue {

/// Contacts of the synapses of this rank's neurons, by (place of the population, edge) of the synapse. Empty without gliotransmission.
using ContactedSynapses = std::multimap<std::pair<std::size_t, std::int64_t>, ContactEdge>;
ContactedSynapses contacted_synapses(const CircuitConfig& circuit, const TissueModel& model);

/// On the synapse's side: releases at these contacts act on its utilisation.
void listen_to_astrocytes(
    const std::pair<ContactedSynapses::const_iterator, ContactedSynapses::const_iterator>& contacts, std::int64_t gid,
    int node, Point synapse, double dt, EngineBuilder& builder);

/// On the astrocyte's side: calcium at the contact's compartment makes events. `receiver`: the compartment's GliaContact, for its first
/// contact; else null.
void release_gliotransmitter(const ContactEdge& contact, std::int64_t astrocyte, int node, const Point* receiver,
                             double dt, EngineBuilder& builder);

}  // namespace ngv::neuron::tissue
