#include "solvers/metabolism/coupled/census.hpp"

#include <algorithm>

#include "ngv/error.hpp"
#include "solvers/common/edges.hpp"
#include "solvers/common/ids.hpp"
#include "solvers/common/nodes.hpp"

namespace ngv::metabolism {

Census take_census(const CircuitConfig& circuit) {
    Census census;
    for (const auto& entry : circuit.nodes()) {
        if (!entry.type.empty() && entry.type != "biophysical") continue;
        const NodePopulation population(entry);
        const auto ids = population.ids();
        // A circuit without types tells them node by node (Allen).
        const auto types = entry.type.empty() ? population.texts("model_type", ids, "biophysical")
                                              : std::vector<std::string>(ids.size(), entry.type);
        for (std::size_t i = 0; i < ids.size(); ++i) {
            if (types[i] != "biophysical") continue;
            census.ids.push_back(cell_id(entry.index, ids[i]));
            census.population_of[entry.index] = entry.name;
        }
    }
    std::sort(census.ids.begin(), census.ids.end());
    if (census.ids.empty()) {
        std::string found;
        for (const auto& entry : circuit.nodes())
            found += (found.empty() ? "" : ", ") + entry.name + " (" + entry.type + ")";
        throw UserError({circuit.file().string(), "has no biophysical neuron, whose metabolism could be simulated",
                         "its node populations are: " + found});
    }
    return census;
}

std::vector<int> layers_of(const CircuitConfig& circuit, const std::vector<std::int64_t>& ids,
                           const std::string& attribute) {
    std::vector<int> layers(ids.size(), 0);
    for (const auto& entry : circuit.nodes()) {
        std::vector<std::int64_t> nodes;
        std::vector<std::size_t> places;
        for (std::size_t i = 0; i < ids.size(); ++i)
            if (population_of(ids[i]) == entry.index) {
                nodes.push_back(node_of(ids[i]));
                places.push_back(i);
            }
        if (nodes.empty()) continue;
        const NodePopulation population(entry);
        if (!population.has(attribute)) continue;
        std::vector<std::string> texts;
        if (population.is_text(attribute))
            texts = population.texts(attribute, nodes, "");
        else
            for (const auto layer : population.integers(attribute, nodes, 0)) texts.push_back(std::to_string(layer));
        for (std::size_t k = 0; k < texts.size(); ++k) {
            const auto digit = texts[k].find_first_of("123456");
            if (digit != std::string::npos) layers[places[k]] = texts[k][digit] - '0';
        }
    }
    return layers;
}

std::vector<std::int64_t> astrocytes_of(const CircuitConfig& circuit, const std::vector<std::int64_t>& ids) {
    std::map<std::int64_t, std::map<std::int64_t, int>> contacts;  // cell -> astrocyte -> number
    for (const auto& entry : circuit.edges()) {
        if (entry.type != "synapse_astrocyte") continue;
        const EdgePopulation edges(entry);
        const auto& source = circuit.node_population(edges.source_population());
        const auto& target = circuit.node_population(edges.target_population());
        // Both directions occur: astrocyte -> neuron (SONATA's extension), neuron -> astrocyte.
        const bool from_astrocyte = source.type == "astrocyte";
        const auto& neurons = from_astrocyte ? target : source;
        const auto& glia = from_astrocyte ? source : target;
        std::vector<std::int64_t> nodes;
        for (const auto id : ids)
            if (population_of(id) == neurons.index) nodes.push_back(node_of(id));
        if (nodes.empty()) continue;
        const auto mine = from_astrocyte ? edges.afferent(nodes) : edges.efferent(nodes);
        const auto partners = from_astrocyte ? edges.sources(mine.edges) : edges.targets(mine.edges);
        for (std::size_t k = 0; k < nodes.size(); ++k)
            for (auto e = mine.offsets[k]; e < mine.offsets[k + 1]; ++e)
                ++contacts[cell_id(neurons.index, nodes[k])]
                          [cell_id(glia.index, partners[static_cast<std::size_t>(e)])];
    }
    std::vector<std::int64_t> result;
    for (const auto id : ids) {
        std::int64_t best = -1;
        int most = 0;
        for (const auto& [astrocyte, number] : contacts[id])
            if (number > most) {
                best = astrocyte;
                most = number;
            }
        result.push_back(best);
    }
    return result;
}

std::vector<std::int64_t> block_of(const std::vector<std::int64_t>& ids, int rank, int size) {
    const auto n = static_cast<std::int64_t>(ids.size());
    return {ids.begin() + n * rank / size, ids.begin() + n * (rank + 1) / size};
}

}  // namespace ngv::metabolism
