#include "tools/show/cells.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "coupler/config/config.hpp"
#include "solvers/common/circuit.hpp"
#include "solvers/common/nodes.hpp"
#include "solvers/common/placement.hpp"

namespace ngv {

namespace {

constexpr std::int64_t most_cells = 50'000;  // a population of more is drawn without types

char kind_of(const std::string& synapse_class) {
    if (synapse_class.empty()) return '?';
    const char c = synapse_class[0];
    return c == 'E' || c == 'e' ? 'E' : c == 'I' || c == 'i' ? 'I' : '?';
}

}  // namespace

nlohmann::json cells_of(const std::filesystem::path& scenario) {
    std::vector<Problem> problems;  // what is wrong with the scenario is for `ngv check` to say
    const auto config = Config::load(scenario, "scenario", problems);
    const auto circuit = CircuitConfig::load(config.path("circuit"));
    auto all = nlohmann::json::object();
    for (const auto& entry : circuit.nodes()) {
        if (entry.type == "vasculature" || entry.type == "virtual") continue;
        nlohmann::json cells{{"index", entry.index}, {"type", entry.type}};
        const NodePopulation nodes(entry);
        if (nodes.size() <= most_cells) {
            const auto ids = nodes.ids();
            std::string kind(ids.size(), '?');
            for (const char* attribute : {"synapse_class", "ei"}) {
                if (!nodes.has(attribute)) continue;
                const auto classes = nodes.texts(attribute, ids, "");
                for (std::size_t i = 0; i < ids.size(); ++i) kind[i] = kind_of(classes[i]);
                break;
            }
            std::vector<double> position;
            for (const auto& placement : read_placements(nodes, ids)) {
                for (double x : placement.position) position.push_back(std::round(10 * x) / 10);
            }
            cells["ids"] = ids;
            cells["kind"] = kind;
            cells["position"] = position;
        }
        all[entry.name] = std::move(cells);
    }
    return all;
}

}  // namespace ngv
