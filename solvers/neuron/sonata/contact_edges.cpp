#include "solvers/neuron/sonata/contact_edges.hpp"

#include <map>

#include "ngv/error.hpp"
#include "solvers/common/edges.hpp"
#include "solvers/common/hdf5.hpp"
#include "solvers/common/ids.hpp"

namespace ngv::neuron {

namespace {

/// Sources that are no cells have population numbers from here on.
constexpr std::int64_t first_edge_source = 1024;

std::int64_t edge_source(std::size_t population, std::int64_t edge, std::int64_t which) {
    return segment_id(cell_id(first_edge_source + static_cast<std::int64_t>(population), edge), which);
}

/// Names of the populations that the synapse_id of some contacts count: a column, or an attribute.
std::vector<std::string> synapse_populations(const EdgePopulation& contacts, const EdgePopulationEntry& entry,
                                             const std::vector<std::int64_t>& rows) {
    if (contacts.has("synapse_population")) return contacts.texts("synapse_population", rows);
    const auto file = h5::File::open(entry.file);
    const auto column = file.dataset("/edges/" + entry.name + "/0/synapse_id");
    if (!column.has_attribute("edge_population"))
        throw UserError(Problem{entry.where,
                                "edge population '" + entry.name + "' does not say which edges its synapse_id counts",
                                "give synapse_id the attribute edge_population, or add a column synapse_population"});
    return std::vector<std::string>(rows.size(), column.text_attribute("edge_population"));
}

std::size_t place_of(const CircuitConfig& circuit, const std::string& name) {
    const auto& entry = circuit.edge_population(name);
    return static_cast<std::size_t>(&entry - circuit.edges().data());
}

}  // namespace

std::vector<ContactEdge> contact_edges(
    const CircuitConfig& circuit, ContactSide side,
    const std::function<std::vector<std::int64_t>(const std::string& population)>& nodes) {
    std::vector<ContactEdge> result;
    for (std::size_t p = 0; p < circuit.edges().size(); ++p) {
        const auto& entry = circuit.edges()[p];
        if (entry.type != "synapse_astrocyte") continue;
        const EdgePopulation contacts(entry);
        const bool from_astrocyte = circuit.node_population(contacts.source_population()).type == "astrocyte";
        const bool by_source = from_astrocyte == (side == ContactSide::astrocyte);
        const auto mine = nodes(by_source ? contacts.source_population() : contacts.target_population());
        if (mine.empty()) continue;
        const EdgeSelection selection = by_source ? contacts.efferent(mine) : contacts.afferent(mine);
        const auto& rows = selection.edges;
        if (rows.empty()) continue;
        const auto& astrocytes = from_astrocyte ? contacts.source_population() : contacts.target_population();
        const auto glia = from_astrocyte ? contacts.sources(rows) : contacts.targets(rows);
        const auto synapse = contacts.integers("synapse_id", rows);
        const auto names = synapse_populations(contacts, entry, rows);
        std::map<std::string, std::size_t> places;
        for (const auto& name : names)
            if (!places.contains(name)) places[name] = place_of(circuit, name);
        for (std::size_t i = 0; i < rows.size(); ++i)
            result.push_back({p, rows[i], astrocytes, glia[i], places[names[i]], synapse[i]});
    }
    return result;
}

std::int64_t calcium_source(std::size_t population, std::int64_t edge) {
    return edge_source(population, edge, 2);
}

std::int64_t release_source(std::size_t synapses, std::int64_t synapse) {
    return edge_source(synapses, synapse, 1);
}

}  // namespace ngv::neuron
