#include "solvers/neuron/tissue/gliotransmission.hpp"

#include "solvers/neuron/sonata/synapse_edges.hpp"
#include "solvers/neuron/tissue/wiring_tools.hpp"

namespace ngv::neuron::tissue {

namespace {

constexpr double exocytosis = 1;  // ms, from calcium to release and across the gap

/// Acts on `use_factor` of a point, from 1 downwards.
void add_modulation(Point target, std::int64_t gid, int node, const std::vector<const ContactEdge*>& contacts,
                    double dt, EngineBuilder& builder) {
    const Point modulation = builder.add_point(gid, node, "GlioModulation", {{"use0", 1}});
    builder.set_pointer(modulation, "use", {.variable = "use_factor", .point = target});
    for (const ContactEdge* c : contacts)
        builder.add_connection(calcium_source(c->population, c->edge), modulation,
                               rounded_delay(exocytosis, dt, c->edge, "gliotransmission"), {1},
                               order_of(c->population, c->edge));
}

}  // namespace

ContactedSynapses contacted_synapses(const CircuitConfig& circuit, const TissueModel& model) {
    ContactedSynapses result;
    if (!model.parameters.glia.gliotransmission) return result;
    const auto mine = [&](const std::string& population) {
        return nodes_of(local_cells(model, circuit.node_population(population).index));
    };
    for (const ContactEdge& e : contact_edges(circuit, ContactSide::neuron, mine))
        result.emplace(std::pair(e.synapses, e.synapse), e);
    return result;
}

void listen_to_astrocytes(
    const std::pair<ContactedSynapses::const_iterator, ContactedSynapses::const_iterator>& contacts, std::int64_t gid,
    int node, Point synapse, double dt, EngineBuilder& builder) {
    std::vector<const ContactEdge*> list;
    for (auto it = contacts.first; it != contacts.second; ++it) list.push_back(&it->second);
    add_modulation(synapse, gid, node, list, dt, builder);
}

void release_gliotransmitter(const ContactEdge& contact, std::int64_t astrocyte, int node, const Point* receiver,
                             double dt, EngineBuilder& builder) {
    const Point release = builder.add_point(astrocyte, node, "Gliotransmission");
    builder.set_pointer(release, "calcium", {.gid = astrocyte, .node = node, .variable = "glia_calcium.ca"});
    builder.add_net_event_source(calcium_source(contact.population, contact.edge), release);
    if (receiver) add_modulation(*receiver, astrocyte, node, {&contact}, dt, builder);
}

}  // namespace ngv::neuron::tissue
