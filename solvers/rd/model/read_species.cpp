#include <fmt/format.h>

#include <algorithm>

#include "solvers/rd/model/reading.hpp"

namespace ngv::rd {

namespace {

// The species that the schema knows by name; a scenario adds its own beside them.
const std::vector<std::string> known_species{"K", "Na", "Ca", "glutamate", "GABA"};

Species species_from(const std::string& name, const Config& config, Engine engine) {
    Species s;
    s.name = name;
    s.where = config.where();
    s.diffusion = config.quantity("diffusion", "um2/ms");
    s.surface_diffusion = config.quantity("surface_diffusion", "um2/ms");
    s.initial = config.quantity("initial", "mM");
    s.valence = static_cast<int>(config.integer("valence"));
    s.clearance_rate = config.quantity("clearance_rate", "1/ms");
    s.rest = config.has("rest") ? config.quantity("rest", "mM") : s.initial;
    s.uptake_max = config.quantity("uptake_max", "mM/ms");
    s.uptake_half = config.quantity("uptake_half", "mM");
    s.engine = engine;
    if (config.is_set("engine"))
        s.engine = config.text("engine") == "stochastic" ? Engine::stochastic : Engine::deterministic;
    const auto text = [&](const char* key) { return config.has(key) ? config.text(key) : std::string(); };
    s.pool = text("pool");
    s.amount = text("amount");
    s.state = text("state");
    return s;
}

}  // namespace

void read_species(const Config& config, Reading& reading) {
    Model& model = reading.model;
    const Engine engine = config.text("engine") == "stochastic" ? Engine::stochastic : Engine::deterministic;
    const Config all = config["species"];
    std::vector<std::string> names;
    if (!config.is_set("compartments")) names = known_species;
    for (const auto& name : all.keys())
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    std::map<std::string, std::string> fields;  // interface field -> species
    for (const auto& name : names) {
        const Config at = all[name];
        if (!at.flag("present")) continue;
        Species s{.name = name};
        reading.attempt([&] { s = species_from(name, at, engine); });
        if (s.uptake_max > 0 && !(s.uptake_half > 0))
            reading.problem(at.where("uptake_half"), fmt::format("'{}' must be above 0", name));
        for (const auto& field : {s.pool, s.amount, s.state})
            if (!field.empty() && !fields.emplace(field, name).second)
                reading.problem(
                    at.where(),
                    fmt::format("species '{}' names the field '{}', which is that of '{}'", name, field, fields[field]),
                    "give each its own name");
        reading.lives_in.push_back(at.is_set("in") ? at.texts("in") : std::vector<std::string>{});
        model.species.push_back(std::move(s));
    }
}

}  // namespace ngv::rd
