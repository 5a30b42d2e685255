#include "solvers/neuron/sonata/input_block.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ngv/error.hpp"

namespace ngv::neuron {

Input::Input(Network& network, const NamedBlock& input) : network_(network), block_(input.block), name_(input.name) {
    delay = block_.number("delay", 0);
    duration = block_.number("duration", network.config().tstop);
    if (!(delay >= 0)) throw block_["delay"].error(fmt::format("a delay of {} ms, expected 0 or more", delay));
}

void Input::keys(std::vector<std::string> known) const {
    known.insert(known.end(), {"module", "input_type", "delay", "duration", "node_set", "compartment_set",
                               "represents_physical_electrode"});
    check_keys(block_, known, "input '" + name_ + "'");
}

double Input::positive(const std::string& key, std::optional<double> fallback) const {
    const double value = fallback ? block_.number(key, *fallback) : block_[key].number();
    if (!(value > 0)) throw block_[key].error(fmt::format("{} is {}, expected a positive number", key, value));
    return value;
}

std::vector<Input::Place> Input::places() {
    std::vector<Place> result;
    const bool set = block_.has("compartment_set") && !block_["compartment_set"].is_null();
    if (set == (block_.has("node_set") && !block_["node_set"].is_null()))
        throw block_.error("input '" + name_ + "' needs either a node_set or a compartment_set");
    if (set) {
        const std::string id = block_["compartment_set"].text();
        const auto it = network_.compartment_sets().find(id);
        if (it == network_.compartment_sets().end())
            throw block_["compartment_set"].error("there is no compartment set '" + id + "'");
        const auto& population = network_.nodes().population(it->second.population);
        for (const auto& p : it->second.places) {
            const auto cell = network_.cells().find(population.gid(p.node_id));
            if (cell == network_.cells().end()) continue;
            const int node = network_.node_at(cell->second, p.section, p.position, block_.where());
            if (node >= 0) result.push_back({&cell->second, node});
        }
        return result;
    }
    for (const auto& p : network_.nodes().populations()) {
        const auto ids = resolve(p);
        for (auto id : p.mine) {
            if (!std::binary_search(ids.begin(), ids.end(), id)) continue;
            LocalCell& cell = network_.cells().at(p.gid(id));
            if (!cell.type.description->point.empty())
                throw block_.error(
                    fmt::format("input '{}' injects into cell {} of '{}', which is a point process without a membrane",
                                name_, id, p.entry.name));
            result.push_back({&cell, network_.soma(cell)});
        }
    }
    return result;
}

double Input::attribute(const LocalCell& cell, const std::string& name) const {
    const NodePopulation& nodes = cell.population->nodes;
    const std::string column = nodes.has("dynamics_params/" + name) ? "dynamics_params/" + name : name;
    const double value = network_.node_value(cell, column, std::nan(""));
    if (std::isnan(value))
        throw block_.error(
            fmt::format("input '{}' needs {} of the cells, which node {} of population '{}' does not have", name_, name,
                        cell.node_id, cell.population->entry.name),
            "add the column dynamics_params/" + name + " to the nodes file");
    return value;
}

void Input::inject(const Place& place, const Signal& signal) {
    const bool electrode = block_.flag("represents_physical_electrode", false);
    const Waveform waveform = Waveform::linear(signal.times, signal.values);
    network_.builder().add_current_clamp(place.cell->gid, place.node, waveform, electrode);
    place.cell->points.push_back({Point{}, electrode ? "IClamp" : "MembraneCurrentSource", place.node,
                                  static_cast<std::int64_t>(network_.clamps().size())});
    network_.clamps().push_back(waveform);
}

void Input::inject_conductance(const Place& place, const Signal& signal, double reversal) {
    const char* mechanism = block_.flag("represents_physical_electrode", false) ? "SEClamp" : "ConductanceSource";
    const Point point = network_.builder().add_point(place.cell->gid, place.node, mechanism,
                                                     {{"dur1", signal.times.back()}, {"amp1", reversal}});
    const Signal r = resistance_of(signal);
    network_.builder().play({.variable = "rs", .point = point}, Waveform::linear(r.times, r.values));
    place.cell->points.push_back({point, mechanism, place.node, 0});
}

std::vector<std::int64_t> Input::resolve(const SimulatedPopulation& p) const {
    const Json set = block_["node_set"];
    if (!set.is_map()) return network_.nodes().resolve(set.text(), p, set.where());
    NodeSets sets = network_.nodes().sets();
    sets.add("inline", set);
    return sets.resolve("inline", p.nodes);
}

}  // namespace ngv::neuron
