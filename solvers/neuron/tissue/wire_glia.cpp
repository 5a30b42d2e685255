// Astrocytes in the tissue: what their contacts receive, and the vessels under their endfeet.
#include <algorithm>
#include <cmath>
#include <map>

#include "solvers/common/edges.hpp"
#include "solvers/common/ids.hpp"
#include "solvers/common/nodes.hpp"
#include "solvers/neuron/sonata/contact_edges.hpp"
#include "solvers/neuron/sonata/synapse_edges.hpp"
#include "solvers/neuron/tissue/gliotransmission.hpp"
#include "solvers/neuron/tissue/wiring.hpp"
#include "solvers/neuron/tissue/wiring_tools.hpp"

namespace ngv::neuron::tissue {

namespace {

/// Contacts of one edge population with the synapses of one other.
struct Batch {
    const EdgePopulationEntry* contacts;
    const EdgePopulationEntry* synapses;
    std::vector<const ContactEdge*> members;
};

std::vector<Batch> batches(const CircuitConfig& circuit, const std::vector<ContactEdge>& edges) {
    std::map<std::pair<std::size_t, std::size_t>, Batch> result;
    for (const ContactEdge& e : edges) {
        Batch& batch = result[{e.population, e.synapses}];
        batch.contacts = &circuit.edges()[e.population];
        batch.synapses = &circuit.edges()[e.synapses];
        batch.members.push_back(&e);
    }
    std::vector<Batch> list;
    for (auto& [key, batch] : result) list.push_back(std::move(batch));
    return list;
}

}  // namespace

void wire_contacts(const CircuitConfig& circuit, const std::vector<std::string>& live, TissueModel& model,
                   EngineBuilder& builder) {
    std::map<std::string, std::map<std::int64_t, int>> cells;  // local astrocytes, by population
    const auto edges = contact_edges(circuit, ContactSide::astrocyte, [&](const std::string& population) {
        return nodes_of(cells[population] = local_cells(model, circuit.node_population(population).index));
    });
    std::map<std::pair<int, int>, Point> known;  // one a compartment
    for (const Batch& batch : batches(circuit, edges)) {
        const EdgePopulation chemical(*batch.synapses), contacts(*batch.contacts);
        if (std::find(live.begin(), live.end(), chemical.source_population()) == live.end()) continue;
        const int source_index = circuit.node_population(chemical.source_population()).index;
        std::vector<std::int64_t> rows, synapses;
        for (const ContactEdge* e : batch.members) rows.push_back(e->edge), synapses.push_back(e->synapse);
        const auto section = contacts.integers("astrocyte_section_id", rows);
        const auto position = contacts.numbers("astrocyte_section_pos", rows, 0.5);
        const auto sources = chemical.sources(synapses);
        const auto delay = chemical.numbers("delay", synapses), use = chemical.numbers("u_syn", synapses, 1.0);
        const auto depression = chemical.numbers("depression_time", synapses, 0.0);
        const auto facilitation = chemical.numbers("facilitation_time", synapses, 0.0);
        const auto type = chemical.integers("syn_type_id", synapses, 100);
        for (std::size_t i = 0; i < batch.members.size(); ++i) {
            if (type[i] < 100) continue;  // GABA does not reach the glutamate receptors
            const ContactEdge& e = *batch.members[i];
            const int owner = cells.at(e.astrocytes).at(e.astrocyte);
            const TissueCell& cell = model.cells[static_cast<std::size_t>(owner)];
            const int compartment = compartment_at(cell, section[i], position[i], batch.contacts->name, e.edge);
            const int node = cell.blueprint->node[static_cast<std::size_t>(compartment)];
            const auto [it, is_new] = known.try_emplace({owner, compartment});
            if (is_new) {
                it->second = builder.add_point(cell.gid(), node, "GliaContact");
                builder.set_pointer(it->second, "level",
                                    {.gid = cell.gid(), .node = node, .variable = "glia_calcium.contact"});
            }
            if (model.parameters.glia.gliotransmission)
                release_gliotransmitter(e, cell.gid(), node, is_new ? &it->second : nullptr, model.parameters.dt,
                                        builder);
            builder.add_connection(cell_id(source_index, sources[i]), it->second,
                                   rounded_delay(delay[i], model.parameters.dt, e.synapse, batch.synapses->name),
                                   {1, std::abs(use[i]), std::abs(depression[i]), std::abs(facilitation[i]), 1},
                                   order_of(e.population, e.edge));
        }
    }
}

void wire_endfeet(const CircuitConfig& circuit, TissueModel& model, EngineBuilder& builder) {
    for (const auto& entry : circuit.edges()) {
        if (entry.type != "endfoot") continue;
        const EdgePopulation edges(entry);
        const auto astrocytes = local_cells(model, circuit.node_population(edges.target_population()).index);
        if (astrocytes.empty()) continue;
        const auto ids = nodes_of(astrocytes);
        const EdgeSelection mine = edges.afferent(ids);
        if (mine.edges.empty()) continue;
        const auto vessel = edges.sources(mine.edges);
        const auto section = edges.integers("astrocyte_section_id", mine.edges);
        const NodePopulation vessels(circuit.node_population(edges.source_population()));
        const auto d0 = vessels.numbers("start_diameter", vessel), d1 = vessels.numbers("end_diameter", vessel);
        for (std::size_t a = 0; a < ids.size(); ++a) {
            const int c = astrocytes.at(ids[a]);
            const TissueCell& cell = model.cells[c];
            for (auto i = mine.offsets[a]; i < mine.offsets[a + 1]; ++i) {
                // Sections of processes are counted without the soma here, unlike those of contacts.
                const int compartment = compartment_at(cell, section[i] + 1, 1.0, entry.name, mine.edges[i]);
                const int node = cell.blueprint->node[compartment];
                const double radius = 0.25 * (d0[i] + d1[i]);
                const Point wall = builder.add_point(cell.gid(), node, "VesselWall", {{"resting_radius", radius}});
                builder.set_pointer(wall, "calcium", {.gid = cell.gid(), .node = node, .variable = "glia_calcium.ca"});
                model.endfeet.push_back({mine.edges[i], vessel[i], radius, c, compartment, wall});
            }
        }
    }
}

}  // namespace ngv::neuron::tissue
