#include "solvers/rd/model/model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace ngv::rd {

namespace {

// The species that the schema knows by name; a scenario adds its own beside them.
const std::vector<std::string> known_species{"K", "Na", "Ca", "glutamate", "GABA"};

Species species_from(const std::string& name, const Config& config) {
    Species s;
    s.name = name;
    s.where = config.where();
    s.diffusion = config.quantity("diffusion", "um2/ms");
    s.initial = config.quantity("initial", "mM");
    s.valence = static_cast<int>(config.integer("valence"));
    s.clearance_rate = config.quantity("clearance_rate", "1/ms");
    s.rest = config.has("rest") ? config.quantity("rest", "mM") : s.initial;
    s.uptake_max = config.quantity("uptake_max", "mM/ms");
    s.uptake_half = config.quantity("uptake_half", "mM");
    const auto text = [&](const char* key) { return config.has(key) ? config.text(key) : std::string(); };
    s.pool = text("pool");
    s.amount = text("amount");
    s.state = text("state");
    return s;
}

}  // namespace

int Model::index_of(const std::string& name, const std::string& where) const {
    std::vector<std::string> names;
    for (const auto& s : species) names.push_back(s.name);
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end())
        throw UserError(
            Problem{where, fmt::format("species '{}' is not in the model", name), did_you_mean(name, names)});
    return static_cast<int>(found - names.begin());
}

Model model_from(const Config& config) {
    Model model;
    model.volume_fraction = config.quantity("volume_fraction", "1");
    model.tortuosity = config.quantity("tortuosity", "1");
    model.step = config.ticks("step");
    model.scheme = config.text("time_scheme") == "euler" ? TimeScheme::euler : TimeScheme::second_order;
    model.correct_faces = config.flag("correct_faces");
    model.tolerance = config.quantity("solver_tolerance", "1");

    std::vector<Problem> problems;
    const auto problem = [&](const Config& at, std::string_view key, std::string what, std::string fix) {
        problems.push_back({at.where(key), std::move(what), std::move(fix)});
    };
    if (model.step <= 0) problem(config, "step", "the step must be positive", "e.g. 0.5 ms");
    if (!(model.volume_fraction > 0)) problem(config, "volume_fraction", "must be above 0", "cortex: 0.2");

    const Config all = config["species"];
    std::vector<std::string> names = known_species;
    for (const auto& name : all.keys())
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    std::map<std::string, std::string> fields;  // interface field -> species
    for (const auto& name : names) {
        const Config at = all[name];
        if (!at.flag("present")) continue;
        Species s = species_from(name, at);
        if (s.uptake_max > 0 && !(s.uptake_half > 0))
            problem(at, "uptake_half", fmt::format("'{}' must be above 0", name), "");
        for (const auto& field : {s.pool, s.amount, s.state})
            if (!field.empty() && !fields.emplace(field, name).second)
                problem(
                    at, "",
                    fmt::format("species '{}' names the field '{}', which is that of '{}'", name, field, fields[field]),
                    "give each its own name");
        model.species.push_back(std::move(s));
    }
    if (model.species.empty())
        problem(config, "species", "no species is present", "leave out `present: false` for at least one");
    if (!problems.empty()) throw UserError(std::move(problems));
    return model;
}

}  // namespace ngv::rd
