#include "solvers/metabolism/coupled/census.hpp"

#include <algorithm>

#include "ngv/error.hpp"
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

std::vector<std::int64_t> block_of(const std::vector<std::int64_t>& ids, int rank, int size) {
    const auto n = static_cast<std::int64_t>(ids.size());
    return {ids.begin() + n * rank / size, ids.begin() + n * (rank + 1) / size};
}

}  // namespace ngv::metabolism
