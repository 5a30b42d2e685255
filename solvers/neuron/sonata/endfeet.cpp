#include "solvers/neuron/sonata/endfeet.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numbers>

#include "ngv/error.hpp"
#include "solvers/common/edges.hpp"

namespace ngv::neuron {

namespace {

std::string name_of(const Endfoot& e) {
    return fmt::format("endfoot {}", e.edge);
}

/// The node without membrane at the end of a section.
int end_of_section(const Blueprint& cell, const Endfoot& foot) {
    const auto sections = static_cast<std::int64_t>(cell.first_compartment.size()) - 1;
    if (foot.section < 0 || foot.section >= sections)
        throw UserError(Problem{
            name_of(foot),
            fmt::format("is on section {} of an astrocyte whose processes have sections 0 to {}, the soma not counted",
                        foot.section - 1, sections - 2),
            "the circuit was made for another morphology"});
    const auto next = static_cast<std::size_t>(cell.first_compartment[static_cast<std::size_t>(foot.section) + 1]);
    const int last = cell.node[next - 1];
    int end = last + 1;
    while (cell.parent[static_cast<std::size_t>(end)] != last || cell.area[static_cast<std::size_t>(end)] > 0) ++end;
    return end;
}

/// Gives `node` what `like` has in a list of nodes with values.
template <class Part>
bool extend(Part& part, int like, int node) {
    const auto at = std::lower_bound(part.nodes.begin(), part.nodes.end(), like);
    if (at == part.nodes.end() || *at != like) return false;
    const auto place = static_cast<std::size_t>(at - part.nodes.begin());
    for (auto& [name, values] : part.values)
        if (values.size() > 1) values.push_back(values[place]);
    part.nodes.push_back(node);
    return true;
}

void set_value(Blueprint::Density& d, const std::string& name, double fallback, double value) {
    auto& values = d.values[name];
    if (values.empty()) values.assign(d.nodes.size(), fallback);
    if (values.size() == 1) values.assign(d.nodes.size(), values[0]);
    values.back() = value;
}

double axial_resistivity(const CellDescription& description) {
    double result = CableSection{}.Ra;
    for (const auto& v : description.values)
        if (v.variable == "Ra" && v.list == "all") result = v.value;
    return result;
}

}  // namespace

std::map<std::int64_t, std::vector<Endfoot>> read_endfeet(const CircuitConfig& circuit, const SimulationNodes& nodes) {
    std::map<std::int64_t, std::vector<Endfoot>> result;
    for (const auto& entry : circuit.edges()) {
        if (entry.type != "endfoot") continue;
        const EdgePopulation edges(entry);
        const auto& astrocytes = nodes.population(edges.target_population());
        if (astrocytes.mine.empty()) continue;
        const EdgeSelection mine = edges.afferent(astrocytes.mine);
        if (mine.edges.empty()) continue;
        const auto vessel = edges.sources(mine.edges), section = edges.integers("astrocyte_section_id", mine.edges);
        const auto length = edges.numbers("endfoot_compartment_length", mine.edges),
                   diameter = edges.numbers("endfoot_compartment_diameter", mine.edges);
        const auto perimeter = edges.has("endfoot_compartment_perimeter")
                                   ? edges.numbers("endfoot_compartment_perimeter", mine.edges)
                                   : std::vector<double>(mine.edges.size(), 0.0);
        const NodePopulation vessels(circuit.node_population(edges.source_population()));
        const auto start = vessels.numbers("start_diameter", vessel), end = vessels.numbers("end_diameter", vessel);
        for (std::size_t a = 0; a < astrocytes.mine.size(); ++a)
            for (auto i = mine.offsets[a]; i < mine.offsets[a + 1]; ++i) {
                const auto k = static_cast<std::size_t>(i);
                // Sections of processes are counted without the soma here, unlike those of contacts.
                Endfoot foot{mine.edges[k], section[k] + 1, length[k],
                             diameter[k],   perimeter[k],   0.25 * (start[k] + end[k])};
                for (const auto& [what, value] : {std::pair("endfoot_compartment_length", foot.length),
                                                  {"endfoot_compartment_diameter", foot.diameter},
                                                  {"vessel radius", foot.vessel_radius}})
                    if (!(value > 0))
                        throw UserError(
                            Problem{fmt::format("edge {} of population '{}'", foot.edge, entry.name),
                                    fmt::format("has a {} of {} um, expected a positive length", what, value), ""});
                if (!(foot.perimeter > 0)) foot.perimeter = std::numbers::pi * foot.diameter;
                result[astrocytes.gid(astrocytes.mine[a])].push_back(foot);
            }
    }
    return result;
}

std::shared_ptr<const Blueprint> with_endfeet(const Blueprint& cell, const CellDescription& description,
                                              std::vector<Endfoot>& endfeet) {
    auto result = std::make_shared<Blueprint>(cell);
    Blueprint& b = *result;
    const double Ra = axial_resistivity(description);
    Blueprint::Density wall{"vascouplingB", {}, {{"R0pas", {}}, {"Rad0", {}}}};
    for (Endfoot& foot : endfeet) {
        const int end = end_of_section(cell, foot), like = cell.parent[static_cast<std::size_t>(end)];
        const double cross_section = std::numbers::pi / 4 * foot.diameter * foot.diameter;
        foot.node = b.num_nodes();
        foot.section = static_cast<std::int64_t>(b.first_compartment.size()) - 1;
        b.parent.push_back(end);
        b.rinv.push_back(cross_section / (1e-2 * Ra * foot.length / 2));  // 1 / MOhm: Ohm cm, um
        b.area.push_back(foot.perimeter * foot.length);
        b.volume.push_back(cross_section * foot.length);
        b.diam.push_back(foot.diameter);
        b.cm.push_back(cell.cm[static_cast<std::size_t>(like)]);
        b.node.push_back(foot.node);
        b.section.push_back(static_cast<int>(foot.section));
        b.position.push_back(0.5);
        b.section_type.push_back(endfoot_section_type);
        b.length.push_back(foot.length);
        if (!b.pieces.empty()) b.pieces.emplace_back();
        b.first_compartment.push_back(b.num_compartments());
        for (auto& d : b.densities) {
            if (!extend(d, like, foot.node) || d.mechanism != "cadifus") continue;
            set_value(d, "perimFactor", 1, foot.perimeter / (std::numbers::pi * foot.diameter));
            wall.nodes.push_back(foot.node);
            wall.values["R0pas"].push_back(foot.vessel_radius);
            wall.values["Rad0"].push_back(foot.vessel_radius);
        }
        for (auto& i : b.ions) extend(i, like, foot.node);
    }
    if (!wall.nodes.empty()) b.densities.push_back(std::move(wall));
    return result;
}

}  // namespace ngv::neuron
