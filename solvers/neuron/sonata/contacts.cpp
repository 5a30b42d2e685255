#include "solvers/neuron/sonata/contacts.hpp"

#include <algorithm>
#include <cmath>

namespace ngv::neuron {

namespace {

std::vector<Contact> read(const Network& network, ContactSide side) {
    const auto mine = [&](const std::string& population) { return network.nodes().population(population).mine; };
    std::vector<Contact> result;
    for (const auto& e : contact_edges(network.circuit(), side, mine)) {
        const auto& astrocytes = network.nodes().population(e.astrocytes);
        if (astrocytes.is_simulated(e.astrocyte))
            result.push_back({e.population, e.edge, astrocytes.gid(e.astrocyte), e.synapses, e.synapse});
    }
    return result;
}

}  // namespace

std::vector<Contact> contacts_of_astrocytes(const Network& network) {
    return read(network, ContactSide::astrocyte);
}

ContactedSynapses contacts_of_synapses(const Network& network) {
    ContactedSynapses result;
    for (const Contact& c : read(network, ContactSide::neuron)) result.emplace(std::pair(c.synapses, c.synapse), c);
    return result;
}

double contact_delay(const Network& network) {
    const double dt = network.config().dt;
    return std::max(1.0, std::round(network.config().contact_delay / dt)) * dt;
}

std::int64_t calcium_source(const Contact& contact) {
    return calcium_source(contact.population, contact.edge);
}

}  // namespace ngv::neuron
