// A reference model's equations as it writes them, read by our parser: rates to compare a model of ours with.
#pragma once

#include <yaml-cpp/yaml.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "solvers/common/model/parser.hpp"
#include "solvers/metabolism/cells/cells.hpp"

namespace ngv::metabolism {

/// The file's rates of the system's states, in their order, as functions of its integrated quantities, its inputs and t, in
/// that order. `parameters` are set beside those of the file.
inline model::Tape written_rates(const YAML::Node& yaml, const OdeSystem& system,
                                 const std::map<std::string, double>& parameters = {}) {
    model::Graph graph;
    std::map<std::string, model::Expr> known;
    for (const auto& [name, value] : parameters) known[name] = graph.constant(value);
    for (const auto& p : yaml["parameters"]) known[p.first.Scalar()] = graph.constant(p.second.as<double>());
    std::vector<model::Expr> symbols;
    for (const auto* list : {&system.integrated(), &system.inputs()})
        for (const auto& q : *list) symbols.push_back(known[q.name] = graph.symbol(q.name));
    symbols.push_back(graph.symbol("t"));
    const model::Names names{[&](std::string_view name) -> std::optional<model::Expr> {
                                 const auto it = known.find(std::string(name));
                                 return it == known.end() ? std::nullopt : std::optional(it->second);
                             },
                             {},
                             {}};
    for (const auto& aux : yaml["aux"])
        known[aux.first.Scalar()] = model::parse(graph, aux.second.Scalar(), names, aux.first.Scalar());
    std::vector<model::Expr> rates;
    for (std::size_t i = 0; i < system.num_states(); ++i) {
        const auto& name = system.integrated()[i].name;
        rates.push_back(model::parse(graph, yaml["odes"][name].Scalar(), names, name));
    }
    return model::Tape(graph, rates, symbols);
}

}  // namespace ngv::metabolism
