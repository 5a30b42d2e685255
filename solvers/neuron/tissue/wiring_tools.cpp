#include "solvers/neuron/tissue/wiring_tools.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ngv/error.hpp"

namespace ngv::neuron::tissue {

std::map<std::int64_t, int> local_cells(const TissueModel& model, int population) {
    std::map<std::int64_t, int> result;
    for (std::size_t c = 0; c < model.cells.size(); ++c)
        if (model.cells[c].source.population == population) result[model.cells[c].source.node_id] = static_cast<int>(c);
    return result;
}

std::vector<std::int64_t> nodes_of(const std::map<std::int64_t, int>& m) {
    std::vector<std::int64_t> result;
    for (const auto& [key, value] : m) result.push_back(key);
    return result;
}

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

}  // namespace ngv::neuron::tissue
