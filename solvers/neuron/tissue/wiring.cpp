#include "solvers/neuron/tissue/wiring.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "ngv/error.hpp"
#include "solvers/common/edges.hpp"
#include "solvers/common/hdf5.hpp"
#include "solvers/common/ids.hpp"
#include "solvers/common/nodes.hpp"
#include "solvers/neuron/constants.hpp"

namespace ngv::neuron::tissue {

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// Places in model.cells of the local cells of a population, by node id.
std::map<std::int64_t, int> local_cells(const TissueModel& model, int population) {
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

/// Compartment at a place of a cell, with the message for a section that the morphology does not have.
int compartment_at(const TissueCell& cell, std::int64_t section, double position, const std::string& population,
                   std::int64_t edge) {
    const Blueprint& b = *cell.blueprint;
    const auto sections = static_cast<std::int64_t>(b.first_compartment.size()) - 1;
    if (section < 0 || section >= sections)
        throw UserError(Problem{fmt::format("edge {} of population '{}'", edge, population),
                                fmt::format("is on section {} of a cell whose morphology {} has sections 0 to {}",
                                            section, cell.source.morphology.string(), sections - 1),
                                "the circuit was made for another morphology"});
    const int first = b.first_compartment[section], nseg = b.first_compartment[section + 1] - first;
    return first + std::clamp(static_cast<int>(nseg * position), 0, nseg - 1);
}

bool is_chemical(const EdgePopulationEntry& e) {
    return e.type == "chemical" || e.type.empty();
}

/// Rounded down to whole steps, at least one, as neurodamus does.
double whole_steps(double delay_ms, double dt, const std::string& population, std::int64_t edge) {
    if (!(delay_ms >= 0 && delay_ms < 1e4))
        throw UserError(Problem{fmt::format("edge {} of population '{}'", edge, population),
                                fmt::format("has a delay of {} ms, expected 0 to 10000 ms", delay_ms), ""});
    return std::max(1, static_cast<int>(delay_ms / dt + 1e-5)) * dt;
}

std::int64_t order_of(std::size_t edge_population, std::int64_t edge) {
    return (static_cast<std::int64_t>(edge_population) << 44) | edge;
}

constexpr double rise_time = 0.2;  // ms, of AMPA and GABA_A

/// Share of Na+ in the conductance of AMPA and NMDA receptors that puts their reversal at 0 mV.
double sodium_share(const Parameters& p) {
    const double kt = thermal_voltage(p.celsius);
    const double e_na = kt * std::log(p.na_o / p.neuron.na_i), e_k = kt * std::log(p.k_o / p.neuron.k_i);
    return (0.0 - e_k) / (e_na - e_k);
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

void wire_synapses(const CircuitConfig& circuit, const std::vector<std::string>& live, TissueModel& model,
                   EngineBuilder& builder) {
    // Synapses of one kind with the same kinetics on the same compartment share an instance: the equations are linear.
    std::map<std::tuple<int, int, bool, double>, Point> known;
    const Parameters& p = model.parameters;
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
            const int c = targets.at(target_ids[t]);
            const TissueCell& cell = model.cells[c];
            for (auto i = mine.offsets[t]; i < mine.offsets[t + 1]; ++i) {
                const int compartment = compartment_at(cell, section[i], position[i], entry.name, list[i]);
                const bool inhibitory = type[i] < 100;
                if (!(decay[i] > rise_time))
                    throw UserError(Problem{fmt::format("edge {} of population '{}'", list[i], entry.name),
                                            fmt::format("has decay_time {} ms, expected more than the rise time {} ms",
                                                        decay[i], rise_time),
                                            ""});
                const auto [it, is_new] = known.try_emplace({c, compartment, inhibitory, decay[i]});
                if (is_new) {
                    const int node = cell.blueprint->node[compartment];
                    it->second = inhibitory
                                     ? builder.add_point(cell.gid(), node, "Gaba", {{"decay", decay[i]}})
                                     : builder.add_point(cell.gid(), node, "AmpaNmda",
                                                         {{"ampa_decay", decay[i]}, {"sodium_share", sodium_share(p)}});
                    model.synapses.push_back({it->second, c, compartment, inhibitory});
                }
                builder.add_connection(cell_id(source_index, sources[i]), it->second,
                                       whole_steps(delay[i], p.dt, entry.name, list[i]),
                                       {conductance[i] * p.synapses.scale, std::abs(use[i]), std::abs(depression[i]),
                                        std::abs(facilitation[i]), vesicles[i]},
                                       order_of(place, list[i]));
            }
        }
    }
}

void wire_contacts(const CircuitConfig& circuit, const std::vector<std::string>& live, TissueModel& model,
                   EngineBuilder& builder) {
    std::map<std::pair<int, int>, Point> known;  // one a compartment
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
        std::vector<int> owner(list.size());
        for (std::size_t a = 0; a < ids.size(); ++a)
            for (auto i = mine.offsets[a]; i < mine.offsets[a + 1]; ++i) {
                owner[i] = astrocytes.at(ids[a]);
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
                const TissueCell& cell = model.cells[owner[i]];
                const int compartment = compartment_at(cell, section[i], position[i], entry.name, list[i]);
                const auto [it, is_new] = known.try_emplace({owner[i], compartment});
                if (is_new) {
                    const int node = cell.blueprint->node[compartment];
                    it->second = builder.add_point(cell.gid(), node, "GliaContact");
                    builder.set_pointer(it->second, "level",
                                        {.gid = cell.gid(), .node = node, .variable = "glia_calcium.contact"});
                }
                builder.add_connection(cell_id(source_index, sources[j]), it->second,
                                       whole_steps(delay[j], model.parameters.dt, name, rows[j]),
                                       {1, std::abs(use[j]), std::abs(depression[j]), std::abs(facilitation[j]), 1},
                                       order_of(place, list[i]));
            }
        }
    }
}

void wire_endfeet(const CircuitConfig& circuit, TissueModel& model, EngineBuilder& builder) {
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
        for (std::size_t a = 0; a < ids.size(); ++a) {
            const int c = astrocytes.at(ids[a]);
            const TissueCell& cell = model.cells[c];
            for (auto i = mine.offsets[a]; i < mine.offsets[a + 1]; ++i) {
                const int compartment = compartment_at(cell, section[i], 1.0, entry.name, mine.edges[i]);
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
