#include "solvers/neuron/model/wiring.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "ngv/error.hpp"
#include "solvers/common/edges.hpp"
#include "solvers/common/hdf5.hpp"
#include "solvers/common/ids.hpp"
#include "solvers/common/nodes.hpp"

namespace ngv::neuron {

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// Places in model.cells of the local cells of a population, by node id.
std::map<std::int64_t, int> local_cells(const Model& model, int population) {
    std::map<std::int64_t, int> result;
    for (std::size_t c = 0; c < model.cells.size(); ++c)
        if (model.cells[c].source.population == population) result[model.cells[c].source.node_id] = static_cast<int>(c);
    return result;
}

std::vector<std::int64_t> keys(const std::map<std::int64_t, int>& m) {
    std::vector<std::int64_t> result;
    for (const auto& [key, value] : m) result.push_back(key);
    return result;
}

/// Node of a section of a cell, with the message for a section that the morphology does not have.
int node_at(const ModelCell& cell, std::int64_t section, double position, const std::string& population,
            std::int64_t edge) {
    const auto sections = static_cast<std::int64_t>(cell.cable->first_compartment.size()) - 1;
    if (section < 0 || section >= sections)
        throw UserError(Problem{fmt::format("edge {} of population '{}'", edge, population),
                                fmt::format("is on section {} of a cell whose morphology {} has sections 0 to {}",
                                            section, cell.source.morphology.string(), sections - 1),
                                "the circuit was made for another morphology"});
    return cell.first_node + cell.cable->node[cell.cable->compartment_at(static_cast<int>(section), position)];
}

bool is_chemical(const EdgePopulationEntry& e) {
    return e.type == "chemical" || e.type.empty();
}

int delay_in_steps(double delay_ms, double dt, const std::string& population, std::int64_t edge) {
    if (!(delay_ms >= 0 && delay_ms < 1e4))
        throw UserError(Problem{fmt::format("edge {} of population '{}'", edge, population),
                                fmt::format("has a delay of {} ms, expected 0 to 10000 ms", delay_ms), ""});
    return std::max(1, static_cast<int>(delay_ms / dt + 1e-5));
}

std::int64_t order_of(std::size_t edge_population, std::int64_t edge) {
    return (static_cast<std::int64_t>(edge_population) << 44) | edge;
}

}  // namespace

void refuse_unknown_edges(const CircuitConfig& circuit) {
    std::vector<Problem> problems;
    for (const auto& e : circuit.edges()) {
        if (is_chemical(e) || e.type == "synapse_astrocyte" || e.type == "endfoot" || e.type == "glialglial") continue;
        problems.push_back(
            {e.where,
             "edge population '" + e.name + "' is of type '" + e.type + "', which neuron-solver does not simulate",
             "types it knows: chemical, synapse_astrocyte, endfoot"});
    }
    if (!problems.empty()) throw UserError(problems);
}

void wire_synapses(const CircuitConfig& circuit, const Model& model, Engine& engine,
                   const std::vector<std::string>& live, std::vector<Connection>& out) {
    for (std::size_t place = 0; place < circuit.edges().size(); ++place) {
        const auto& entry = circuit.edges()[place];
        if (!is_chemical(entry)) continue;
        const EdgePopulation edges(entry);
        if (!contains(live, edges.source_population())) continue;
        const auto targets = local_cells(model, circuit.node_population(edges.target_population()).index);
        if (targets.empty()) continue;
        const int source_index = circuit.node_population(edges.source_population()).index;
        const auto target_ids = keys(targets);
        const EdgeSelection mine = edges.afferent(target_ids);
        const auto& list = mine.edges;
        const auto sources = edges.sources(list);
        const auto section = edges.integers("afferent_section_id", list);
        const auto position = edges.numbers("afferent_section_pos", list);
        const auto conductance = edges.numbers("conductance", list);
        const auto decay = edges.numbers("decay_time", list);
        const auto delay = edges.numbers("delay", list);
        const auto type = edges.integers("syn_type_id", list);
        const auto use = edges.numbers("u_syn", list, 1.0), depression = edges.numbers("depression_time", list, 0.0);
        const auto facilitation = edges.numbers("facilitation_time", list, 0.0),
                   vesicles = edges.numbers("n_rrp_vesicles", list, 1.0);
        for (std::size_t t = 0; t < target_ids.size(); ++t) {
            const ModelCell& cell = model.cells[targets.at(target_ids[t])];
            for (auto i = mine.offsets[t]; i < mine.offsets[t + 1]; ++i) {
                const int node = node_at(cell, section[i], position[i], entry.name, list[i]);
                const bool inhibitory = type[i] < 100;
                const double rise =
                    inhibitory ? model.parameters.synapses.gaba_rise : model.parameters.synapses.ampa_rise;
                if (!(decay[i] > rise))
                    throw UserError(Problem{
                        fmt::format("edge {} of population '{}'", list[i], entry.name),
                        fmt::format("has decay_time {} ms, expected more than the rise time {} ms", decay[i], rise),
                        ""});
                Connection c;
                c.source = cell_id(source_index, sources[i]);
                c.order = order_of(place, list[i]);
                c.target = inhibitory ? engine.synapses.inhibitory(node, decay[i])
                                      : engine.synapses.excitatory(node, decay[i]);
                c.delay_steps = delay_in_steps(delay[i], model.parameters.dt, entry.name, list[i]);
                c.weight = static_cast<float>(conductance[i] * model.parameters.synapse_scale);
                c.use = static_cast<float>(std::abs(use[i]));
                c.depression = static_cast<float>(std::abs(depression[i]));
                c.facilitation = static_cast<float>(std::abs(facilitation[i]));
                c.vesicles = static_cast<float>(vesicles[i]);
                out.push_back(c);
            }
        }
    }
}

void wire_contacts(const CircuitConfig& circuit, const Model& model, const std::vector<std::string>& live,
                   std::vector<Connection>& out) {
    for (std::size_t place = 0; place < circuit.edges().size(); ++place) {
        const auto& entry = circuit.edges()[place];
        if (entry.type != "synapse_astrocyte") continue;
        const EdgePopulation contacts(entry);
        // Both directions occur: astrocyte -> neuron (SONATA's extension), neuron -> astrocyte.
        const bool from_astrocyte = circuit.node_population(contacts.source_population()).type == "astrocyte";
        const std::string& glia = from_astrocyte ? contacts.source_population() : contacts.target_population();
        const auto astrocytes = local_cells(model, circuit.node_population(glia).index);
        if (astrocytes.empty()) continue;
        const auto ids = keys(astrocytes);
        const EdgeSelection mine = from_astrocyte ? contacts.efferent(ids) : contacts.afferent(ids);
        const auto& list = mine.edges;
        if (list.empty()) continue;
        const auto section = contacts.integers("astrocyte_section_id", list);
        const auto position = contacts.numbers("astrocyte_section_pos", list, 0.5);
        const auto synapse = contacts.integers("synapse_id", list);
        // The population of the synapses: a column, or the attribute edge_population, or the only chemical one.
        std::vector<std::string> names(list.size());
        if (contacts.has("synapse_population")) {
            names = contacts.texts("synapse_population", list);
        } else {
            const auto file = h5::File::open(entry.file);
            const auto column = file.dataset("/edges/" + entry.name + "/0/synapse_id");
            std::string name;
            if (column.has_attribute("edge_population")) name = column.text_attribute("edge_population");
            if (name.empty())
                throw UserError(Problem{
                    entry.where, "edge population '" + entry.name + "' does not say which edges its synapse_id counts",
                    "give synapse_id the attribute edge_population, or add a column synapse_population"});
            std::fill(names.begin(), names.end(), name);
        }
        std::map<std::string, std::vector<std::size_t>> by_population;
        std::vector<const ModelCell*> owner(list.size());
        for (std::size_t a = 0; a < ids.size(); ++a)
            for (auto i = mine.offsets[a]; i < mine.offsets[a + 1]; ++i) {
                owner[i] = &model.cells[astrocytes.at(ids[a])];
                by_population[names[i]].push_back(i);
            }
        for (const auto& [name, members] : by_population) {
            const EdgePopulation chemical(circuit.edge_population(name));
            if (!contains(live, chemical.source_population())) continue;
            const int source_index = circuit.node_population(chemical.source_population()).index;
            std::vector<std::int64_t> rows;
            for (auto i : members) rows.push_back(synapse[i]);
            const auto sources = chemical.sources(rows);
            const auto delay = chemical.numbers("delay", rows);
            const auto use = chemical.numbers("u_syn", rows, 1.0),
                       depression = chemical.numbers("depression_time", rows, 0.0);
            const auto facilitation = chemical.numbers("facilitation_time", rows, 0.0);
            const auto type = chemical.integers("syn_type_id", rows, 100);
            for (std::size_t j = 0; j < members.size(); ++j) {
                if (type[j] < 100) continue;  // GABA does not reach the glutamate receptors
                const auto i = members[j];
                Connection c;
                c.source = cell_id(source_index, sources[j]);
                c.order = order_of(place, list[i]);
                c.contact = true;
                c.target = node_at(*owner[i], section[i], position[i], entry.name, list[i]);
                c.delay_steps = delay_in_steps(delay[j], model.parameters.dt, name, rows[j]);
                c.use = static_cast<float>(std::abs(use[j]));
                c.depression = static_cast<float>(std::abs(depression[j]));
                c.facilitation = static_cast<float>(std::abs(facilitation[j]));
                out.push_back(c);
            }
        }
    }
}

std::vector<Endfoot> find_endfeet(const CircuitConfig& circuit, const Model& model) {
    std::vector<Endfoot> result;
    for (const auto& entry : circuit.edges()) {
        if (entry.type != "endfoot") continue;
        const EdgePopulation edges(entry);
        const auto astrocytes = local_cells(model, circuit.node_population(edges.target_population()).index);
        if (astrocytes.empty()) continue;
        const auto ids = keys(astrocytes);
        const EdgeSelection mine = edges.afferent(ids);
        if (mine.edges.empty()) continue;
        const auto vessel = edges.sources(mine.edges);
        const auto section = edges.integers("astrocyte_section_id", mine.edges);
        const NodePopulation vessels(circuit.node_population(edges.source_population()));
        const auto d0 = vessels.numbers("start_diameter", vessel), d1 = vessels.numbers("end_diameter", vessel);
        for (std::size_t a = 0; a < ids.size(); ++a)
            for (auto i = mine.offsets[a]; i < mine.offsets[a + 1]; ++i)
                result.push_back(
                    {mine.edges[i], vessel[i],
                     node_at(model.cells[astrocytes.at(ids[a])], section[i], 1.0, entry.name, mine.edges[i]),
                     0.25 * (d0[i] + d1[i])});
    }
    return result;
}

}  // namespace ngv::neuron
