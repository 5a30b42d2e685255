#include "solvers/neuron/sonata/network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "ngv/error.hpp"
#include "solvers/common/log.hpp"
#include "solvers/neuron/sonata/channel_streams.hpp"
#include "solvers/neuron/sonata/modify_blueprint.hpp"

namespace ngv::neuron {

namespace {

SimulationOptions engine_options(const SimulationConfig& c, SimulationOptions options) {
    options.dt = c.dt;
    options.celsius = c.celsius;
    options.v_init = c.v_init;
    options.second_order = c.second_order;
    options.random_key = c.random_seed;
    return options;
}

NodeSets node_sets(const SimulationConfig& config, const CircuitConfig& circuit) {
    NodeSets sets;
    if (!circuit.node_sets_file().empty()) sets = NodeSets::load(circuit.node_sets_file());
    if (!config.node_sets_file.empty()) sets.extend(NodeSets::load(config.node_sets_file));
    return sets;
}

}  // namespace

Network::Network(MPI_Comm comm, const SimulationConfig& config, const NetworkOptions& options)
    : config_(config),
      circuit_(CircuitConfig::load(config.circuit)),
      nodes_(circuit_, node_sets(config, circuit_), config.node_set),
      library_(options.cells, config.dL),
      builder_(engine_options(config, options.engine)) {
    for (const auto* catalogue : options.catalogues) builder_.add_catalogue(catalogue);
    if (std::none_of(config_.inputs.begin(), config_.inputs.end(),
                     [](const auto& i) { return i.block["module"].text() == "spatially_uniform_e_field"; }))
        library_.without_axes();
    if (!config_.compartment_sets_file.empty())
        compartment_sets_ = read_compartment_sets(config_.compartment_sets_file);
    const auto replays = read_replays(*this);
    distribute(comm, options.catalogues, replays);
    endfeet_ = read_endfeet(circuit_, nodes_);
    make_cells();
    for (const auto& g : config_.globals) {
        builder_.mechanism(g.mechanism, g.where);
        builder_.set_global(g.mechanism, g.variable, g.value);
    }
    wire_edges(*this, replays);
    apply_inputs(*this);
}

/// Those of the simulation come before those of cell models; two models must not disagree.
void Network::set_function_tables(const std::vector<CellType>& types) {
    std::map<std::pair<std::string, std::string>, const FunctionTable*> known;
    for (const auto& t : config_.tables) known[{t.mechanism, t.function}] = &t;
    const auto own = known;
    for (const auto& type : types)
        for (const auto& t : type.description->tables) {
            const auto [it, fresh] = known.try_emplace({t.mechanism, t.function}, &t);
            if (!fresh && !own.contains(it->first) && *it->second != t)
                throw UserError(
                    Problem{t.where,
                            fmt::format("other points for table_{} of {} than in {}", t.function, t.mechanism,
                                        it->second->where),
                            "all cells share a table: give it once, in conditions.mechanisms of the simulation"});
        }
    for (const auto& [name, table] : known) builder_.set_function_table(*table);
}

void Network::make_cells() {
    std::set<const CellDescription*> elsewhere;  // of another temperature
    for (auto& [gid, cell] : cells_) {
        const CellDescription& d = *cell.type.description;
        if (!d.point.empty()) {
            builder_.mechanism(d.point, d.where);
            cell.self =
                builder_.add_artificial_cell(gid, d.point, Values(d.point_values.begin(), d.point_values.end()));
            continue;
        }
        if (d.celsius && *d.celsius != config_.celsius && elsewhere.insert(&d).second)
            log_warning("cell model '{}' was made for {:g} C, the run has {:g} C", d.name, *d.celsius, config_.celsius);
        auto shape = library_.blueprint(cell.type);
        if (const auto feet = endfeet_.find(gid); feet != endfeet_.end()) shape = with_endfeet(*shape, d, feet->second);
        const auto blueprint = modified(cell, shape);
        builder_.add_cell(gid, blueprint);
        num_compartments_ += blueprint->num_compartments();
        set_channel_streams(builder_, gid, static_cast<std::uint32_t>(cell.population->legacy_gid(cell.node_id)),
                            config_.ionchannel_seed.value_or(0));
        if (cell.population->entry.type == "astrocyte") continue;  // they do not spike
        if (config_.spikes_at_ais && blueprint->ais < 0)
            throw UserError(Problem{
                d.where, "spike_location is AIS, but cell model '" + d.name + "' has no second axon section", ""});
        builder_.add_detector(gid, {.gid = gid, .node = config_.spikes_at_ais ? blueprint->ais : blueprint->soma},
                              config_.spike_threshold);
    }
}

std::shared_ptr<const Blueprint> Network::modified(const LocalCell& cell, std::shared_ptr<const Blueprint> blueprint) {
    std::vector<char> applies;
    for (const auto& m : config_.modifications) {
        if (m.kind == Modification::Kind::compartment_set) {
            const auto it = compartment_sets_.find(m.compartment_set);
            if (it == compartment_sets_.end())
                throw UserError(Problem{m.where, "there is no compartment set '" + m.compartment_set + "'", ""});
            applies.push_back(it->second.population == cell.population->entry.name &&
                              std::any_of(it->second.places.begin(), it->second.places.end(),
                                          [&](const auto& p) { return p.node_id == cell.node_id; }));
        } else {
            auto& ids = modified_nodes_[{&m, cell.population}];
            if (!ids) ids = nodes_.resolve(m.node_set, *cell.population, m.where);
            applies.push_back(std::binary_search(ids->begin(), ids->end(), cell.node_id));
        }
    }
    if (std::none_of(applies.begin(), applies.end(), [](char a) { return a; })) return blueprint;
    const bool places = std::any_of(config_.modifications.begin(), config_.modifications.end(),
                                    [](const auto& m) { return m.kind == Modification::Kind::compartment_set; });
    auto& slot = modified_[{blueprint.get(), applies}];
    if (slot && !places) return slot;
    auto copy = std::make_shared<Blueprint>(*blueprint);
    const auto mechanism = [&](const std::string& name) {
        return builder_.mechanism(name, cell.type.description->where);
    };
    for (std::size_t i = 0; i < applies.size(); ++i) {
        if (!applies[i]) continue;
        const auto& m = config_.modifications[i];
        std::vector<int> nodes;
        if (m.kind == Modification::Kind::compartment_set)
            for (const auto& p : compartment_sets_.at(m.compartment_set).places)
                if (p.node_id == cell.node_id) nodes.push_back(node_in(*copy, p.section, p.position, m.where));
        modify(*copy, m, nodes, mechanism);
    }
    slot = copy;
    return copy;
}

int node_in(const Blueprint& b, std::int64_t section, double x, const std::string& where) {
    const auto sections = static_cast<std::int64_t>(b.first_compartment.size()) - 1;
    if (section < 0 || section >= sections)
        throw UserError(
            Problem{where, fmt::format("is on section {} of a cell that has sections 0 to {}", section, sections - 1),
                    "the circuit was made for another morphology"});
    const int first = b.first_compartment[static_cast<std::size_t>(section)],
              nseg = b.first_compartment[static_cast<std::size_t>(section) + 1] - first;
    if (nseg == 0) return -1;
    return b.node[static_cast<std::size_t>(first + std::clamp(static_cast<int>(nseg * x), 0, nseg - 1))];
}

int Network::node_at(const LocalCell& cell, std::int64_t section, double x, const std::string& where) const {
    return node_in(builder_.blueprint(cell.gid), section, x, where);
}

double Network::node_value(const LocalCell& cell, const std::string& column, double fallback) {
    const SimulatedPopulation& p = *cell.population;
    const auto [it, is_new] = node_values_.try_emplace({&p, column});
    auto& values = it->second;
    if (is_new && p.nodes.has(column)) values = p.nodes.numbers(column, p.mine, fallback);
    if (values.empty()) return fallback;
    return values[static_cast<std::size_t>(std::lower_bound(p.mine.begin(), p.mine.end(), cell.node_id) -
                                           p.mine.begin())];
}

int Network::soma(const LocalCell& cell) const {
    return node_at(cell, 0, 0.5, cell.type.description->where);
}

}  // namespace ngv::neuron
