#include <fmt/format.h>

#include <algorithm>

#include "coupler/config/units.hpp"
#include "solvers/rd/model/reading.hpp"

namespace ngv::rd {

namespace {

// "45 nM", "6e12 1/m2", "1e-8 mol/m2", or molecules of the whole region: the dimension tells.
Content content_from(const std::string& text, RegionId region, const std::string& where) {
    Content c{.region = region, .where = where};
    const auto space = text.find(' ');
    const std::string unit = space == text.npos ? "1" : text.substr(space + 1);
    if (same_dimension(unit, "1")) {
        c.measure = Content::Measure::molecules;
        c.value = Reading::quantity(text, "1", where);
    } else if (region.surface) {
        c.measure = Content::Measure::density;
        c.value = same_dimension(unit, "mol/m2") ? Reading::quantity(text, "mol/um2", where) * avogadro
                                                 : Reading::quantity(text, "1/um2", where);
    } else {
        c.value = Reading::quantity(text, "mM", where);
    }
    if (c.value < 0) throw UserError(Problem{where, fmt::format("'{}' is negative", text), ""});
    return c;
}

void read_clamps(const Config& config, Reading& reading) {
    for (const auto& at : config.list("clamps"))
        reading.attempt([&] {
            Clamp c{.where = at.where()};
            c.region = reading.region(at.text("in"), at.where("in"));
            c.species = reading.model.index_of(at.text("species"), at.where("species"));
            c.zone = read_zone(at, reading);
            if (at.is_set("value")) {
                const Content value = content_from(at.text("value"), c.region, at.where("value"));
                if (value.measure == Content::Measure::molecules)
                    throw at.error("value", "a clamp holds a concentration, or a density on a patch");
                c.value = value.value;
            }
            reading.model.clamps.push_back(c);
        });
}

void read_changes(const Config& config, Reading& reading) {
    Model trial = reading.model;  // later changes of a constant's value are tried on a copy
    for (const auto& at : config.list("changes")) {
        Change change{.at = at.ticks("at"), .where = at.where()};
        const Config constants = at["constants"];
        for (const auto& name : constants.keys())
            reading.attempt([&] {
                trial.set_constant(name, constants.text(name), constants.where(name));
                change.constants.emplace_back(name, constants.text(name));
            });
        for (const auto* key : {"open", "close"}) {
            if (!at.is_set(key)) continue;
            std::vector<std::string> names;
            for (const auto& b : reading.model.boundaries) names.push_back(b.name);
            for (const auto& name : at.texts(key)) {
                const auto found = std::find(names.begin(), names.end(), name);
                if (found == names.end())
                    reading.problem(at.where(key), fmt::format("'{}' is not a diffusion boundary", name),
                                    did_you_mean(name, names));
                else
                    (*key == 'o' ? change.open : change.close).push_back(static_cast<int>(found - names.begin()));
            }
        }
        reading.model.changes.push_back(std::move(change));
    }
    std::stable_sort(reading.model.changes.begin(), reading.model.changes.end(),
                     [](const auto& a, const auto& b) { return a.at < b.at; });
}

}  // namespace

void read_contents(const Config& config, Reading& reading) {
    const Config all = config["contents"];
    for (const auto& name : all.keys()) {
        RegionId region;
        if (!reading.attempt([&] { region = reading.region(name, all.where(name)); })) continue;
        const Config contents = all[name];
        for (const auto& species : contents.keys())
            reading.attempt([&] {
                auto c = content_from(contents.text(species), region, contents.where(species));
                c.species = reading.model.index_of(species, contents.where(species));
                reading.model.contents.push_back(c);
            });
    }
    read_clamps(config, reading);
    read_changes(config, reading);
}

}  // namespace ngv::rd
