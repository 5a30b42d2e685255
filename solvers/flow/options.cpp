#include "solvers/flow/options.hpp"

#include <vector>

namespace ngv::flow {

namespace {

BoundaryValue boundary_value(const Config& rule, std::vector<Problem>& problems) {
    const bool pressure = rule.is_set("pressure"), flow = rule.is_set("flow");
    if (pressure && flow)
        problems.push_back({rule.where(), "gives both a pressure and a flow", "keep one of them; the other follows"});
    if (pressure) return {Condition::pressure, rule.quantity("pressure", "Pa")};
    if (flow) return {Condition::flow, rule.quantity("flow", "um3/s")};
    return {};
}

}  // namespace

FlowOptions options_from(const Config& config) {
    std::vector<Problem> problems;
    FlowOptions options;

    const auto blood = config["blood"];
    options.blood.law = viscosity_law(blood.text("law"));
    options.blood.hematocrit = blood.quantity("hematocrit", "1");
    options.blood.plasma_viscosity = blood.quantity("plasma_viscosity", "Pa.s");
    options.blood.red_cell_volume = blood.quantity("red_cell_volume", "um3");
    if (blood.has("smallest_diameter")) options.blood.smallest_diameter = blood.quantity("smallest_diameter", "um");

    const auto boundaries = config["boundaries"];
    options.boundary.where = config.where("boundaries");
    for (const auto& word : boundaries.keys()) {
        const auto rule = boundaries[word];
        if (types_named(word).empty())
            problems.push_back(
                {rule.where(), "'" + word + "' is not a type of vessel", did_you_mean(word, type_words())});
        options.boundary.by_type[word] = boundary_value(rule, problems);
    }
    for (const auto& rule : config.list("boundary_nodes")) {
        const auto node = rule.integer("node");
        if (!options.boundary.by_junction.emplace(node, boundary_value(rule, problems)).second)
            problems.push_back(
                {rule.where(), "junction " + std::to_string(node) + " stands twice", "keep one of them"});
    }
    options.boundary.base_pressure = config.quantity("base_pressure", "Pa");

    const auto tissue = config["tissue"];
    if (tissue.has("volume")) options.tissue.volume = tissue.quantity("volume", "um3");
    options.tissue.exchange_radius = tissue.quantity("exchange_radius", "um");

    const auto supply = config["supply"];
    options.arterial_glucose = supply.quantity("glucose", "mM");
    options.arterial_O2 = supply.quantity("O2", "mM");

    const auto solver = config["solver"];
    options.pressure.method = linear_method(solver.text("method"));
    options.pressure.direct_limit = solver.integer("direct_limit");
    options.pressure.tolerance = solver.quantity("tolerance", "1");

    if (!problems.empty()) throw UserError(std::move(problems));
    return options;
}

}  // namespace ngv::flow
