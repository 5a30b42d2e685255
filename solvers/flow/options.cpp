#include "solvers/flow/options.hpp"

#include <vector>

namespace ngv::flow {

namespace {

BoundaryValue boundary_value(const Config& rule, bool by_depth, std::vector<Problem>& problems) {
    const bool pressure = rule.is_set("pressure"), flow = rule.is_set("flow"), behind = rule.is_set("resistance");
    if (pressure && flow)
        problems.push_back({rule.where(), "gives both a pressure and a flow", "keep one of them; the other follows"});
    if (behind && !pressure)
        problems.push_back({rule.where(), "gives a resistance without a pressure behind it", "add the pressure"});
    BoundaryValue value;
    if (rule.has("hematocrit")) value.hematocrit = rule.quantity("hematocrit", "1");
    if (pressure) {
        value.condition = behind ? Condition::resistance : Condition::pressure;
        value.value = rule.quantity("pressure", "Pa");
        if (behind) value.resistance = rule.quantity("resistance", "Pa.s/um3");
        if (by_depth) value.per_depth = rule.quantity("pressure_per_depth", "Pa/um");
    } else if (flow) {
        value.condition = Condition::flow;
        value.value = rule.quantity("flow", "um3/s");
    }
    return value;
}

void read_blood(const Config& blood, FlowOptions& options) {
    options.blood.law = viscosity_law(blood.text("law"));
    options.blood.hematocrit = blood.quantity("hematocrit", "1");
    options.blood.plasma_viscosity = blood.quantity("plasma_viscosity", "Pa.s");
    options.blood.red_cell_volume = blood.quantity("red_cell_volume", "um3");
    if (blood.has("smallest_diameter")) options.blood.smallest_diameter = blood.quantity("smallest_diameter", "um");
    if (blood.has("tube_hematocrit")) options.tube_hematocrit = blood.quantity("tube_hematocrit", "1");
    options.fahraeus = blood.text("fahraeus") == "pries_1992" ? Fahraeus::pries_1992 : Fahraeus::pries_secomb_2005;
    options.hematocrit.law = phase_separation(blood.text("phase_separation"));
    options.hematocrit.advected = blood.flag("cells_travel");
    options.hematocrit.tolerance = blood.quantity("hematocrit_tolerance", "1");
    options.hematocrit.most_sweeps = static_cast<int>(blood.integer("most_sweeps"));
}

void read_boundaries(const Config& config, FlowOptions& options, std::vector<Problem>& problems) {
    const auto axis = config.text("depth_axis");
    options.boundary.axis = axis == "x" ? 0 : axis == "y" ? 1 : 2;
    options.boundary.base_pressure = config.quantity("base_pressure", "Pa");
    options.boundary.where = config.where("boundaries");
    if (config.is_set("entries")) {
        const auto entries = config["entries"];
        options.boundary.where = config.where("entries");
        for (const char* other : {"boundaries", "boundary_nodes"})
            if (config.is_set(other))
                problems.push_back(
                    {config.where(other), "stands beside entries, which replace it", "keep one of them"});
        options.boundary.entries = EntryRule{.axis = options.boundary.axis,
                                             .depth = entries.quantity("depth", "1"),
                                             .count = static_cast<int>(entries.integer("count")),
                                             .speed = entries.quantity("speed", "um/s"),
                                             .amplitude = entries.quantity("amplitude", "um/s"),
                                             .frequency = entries.quantity("frequency", "Hz"),
                                             .follow_radius = entries.flag("follow_radius")};
        return;
    }
    const auto boundaries = config["boundaries"];
    for (const auto& word : boundaries.keys()) {
        const auto rule = boundaries[word];
        if (types_named(word).empty())
            problems.push_back(
                {rule.where(), "'" + word + "' is not a type of vessel", did_you_mean(word, type_words())});
        options.boundary.by_type[word] = boundary_value(rule, true, problems);
    }
    for (const auto& rule : config.list("boundary_nodes")) {
        const auto node = rule.integer("node");
        if (!options.boundary.by_junction.emplace(node, boundary_value(rule, false, problems)).second)
            problems.push_back(
                {rule.where(), "junction " + std::to_string(node) + " stands twice", "keep one of them"});
    }
}

void read_walls(const Config& walls, WallOptions& options) {
    if (walls.has("youngs_modulus")) options.youngs_modulus = walls.quantity("youngs_modulus", "Pa");
    options.thickness = walls.quantity("thickness", "um");
    options.poisson_ratio = walls.quantity("poisson_ratio", "1");
    options.myogenic_gain = walls.quantity("myogenic_gain", "1");
    options.myogenic_time_s = walls.quantity("myogenic_time", "s");
}

}  // namespace

FlowOptions options_from(const Config& config) {
    std::vector<Problem> problems;
    FlowOptions options;
    read_blood(config["blood"], options);
    read_boundaries(config, options, problems);
    read_walls(config["walls"], options.walls);
    options.displaced_volume = config.flag("displaced_volume");
    options.endfoot_coverage = config.quantity("endfoot_coverage", "1");
    options.transport = config.flag("transport");

    const auto tissue = config["tissue"];
    if (tissue.has("volume")) options.tissue.volume = tissue.quantity("volume", "um3");
    options.tissue.exchange_radius = tissue.quantity("exchange_radius", "um");

    const auto supply = config["supply"];
    options.arterial_glucose = supply.quantity("glucose", "mM");
    options.arterial_O2 = supply.quantity("O2", "mM");
    options.oxygen.cells = supply.quantity("O2_capacity", "mM");
    options.oxygen.half_pressure = supply.quantity("P50", "mmHg");
    options.oxygen.hill = supply.quantity("hill", "1");

    if (config.is_set("estimate")) {
        const auto estimate = config["estimate"];
        options.estimate = {.pressure = estimate.quantity("pressure", "Pa"),
                            .wall_shear = estimate.quantity("wall_shear", "Pa")};
    }

    const auto solver = config["solver"];
    options.pressure.method = linear_method(solver.text("method"));
    options.pressure.direct_limit = solver.integer("direct_limit");
    options.pressure.tolerance = solver.quantity("tolerance", "1");

    if (!problems.empty()) throw UserError(std::move(problems));
    return options;
}

}  // namespace ngv::flow
