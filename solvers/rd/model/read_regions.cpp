#include <fmt/format.h>

#include <algorithm>

#include "solvers/rd/model/reading.hpp"

namespace ngv::rd {

bool Zone::contains(const double* p) const {
    if (shape == Shape::all) return true;
    double distance2 = 0.0;
    bool in_box = true;
    for (int d = 0; d < 3; ++d) {
        distance2 += (p[d] - centre[d]) * (p[d] - centre[d]);
        in_box = in_box && p[d] >= low[d] && p[d] <= high[d];
    }
    return shape == Shape::sphere ? distance2 <= radius * radius : in_box;
}

Zone read_zone(const Config& config, Reading& reading) {
    Zone zone;
    const auto point = [&](const char* key, double* to) {
        const auto x = config.quantities(key, "um");
        if (x.size() == 3)
            std::copy(x.begin(), x.end(), to);
        else
            reading.problem(config.where(key), fmt::format("'{}' has {} numbers, expected 3", key, x.size()),
                            "x, y and z, e.g. [50 um, 50 um, 50 um]");
    };
    const bool sphere = config.is_set("centre"), low = config.is_set("low"), high = config.is_set("high");
    if (low != high || (sphere && low))
        reading.problem(config.where(), "a zone is either a sphere or a box",
                        "give `centre` and `radius`, or `low` and `high`, or none for the whole region");
    else if (sphere) {
        zone.shape = Zone::Shape::sphere;
        point("centre", zone.centre);
        zone.radius = config.quantity("radius", "um");
    } else if (low) {
        zone.shape = Zone::Shape::box;
        point("low", zone.low);
        point("high", zone.high);
    }
    return zone;
}

namespace {

int compartment_index(const Reading& reading, const Config& at, const char* key) {
    std::vector<std::string> names;
    for (const auto& c : reading.model.compartments) names.push_back(c.name);
    const auto name = at.text(key);
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end())
        throw at.error(key, fmt::format("'{}' is not a compartment", name), did_you_mean(name, names));
    return static_cast<int>(found - names.begin());
}

void read_compartments(const Config& config, Reading& reading) {
    Model& model = reading.model;
    if (!config.is_set("compartments")) {
        model.compartments.push_back(
            {.name = "tissue", .group = "", .volume_fraction = model.volume_fraction, .tortuosity = model.tortuosity});
        return;
    }
    const Config all = config["compartments"];
    std::map<std::string, std::string> groups;
    for (const auto& name : all.keys()) {
        const Config at = all[name];
        Compartment c{.name = name,
                      .group = at.is_set("group") ? at.text("group") : (all.keys().size() == 1 ? "" : name),
                      .volume_fraction = at.quantity("volume_fraction", "1"),
                      .tortuosity = at.quantity("tortuosity", "1"),
                      .conductivity = at.quantity("conductivity", "S/m"),
                      .where = at.where()};
        if (!(c.volume_fraction > 0)) reading.problem(at.where("volume_fraction"), "must be above 0", "cortex: 0.2");
        if (const auto [it, is_new] = groups.emplace(c.group, name); !is_new)
            reading.problem(at.where("group"),
                            fmt::format("group '{}' is that of compartment '{}' already", c.group, it->second),
                            "every tetrahedron belongs to one compartment");
        model.compartments.push_back(std::move(c));
    }
    if (model.compartments.empty()) {
        reading.problem(config.where("compartments"), "there is no compartment", "leave the key out for tissue");
        return;
    }
    model.volume_fraction = model.compartments[0].volume_fraction;
    model.tortuosity = model.compartments[0].tortuosity;
}

void read_patches(const Config& config, Reading& reading) {
    const Config all = config["patches"];
    for (const auto& name : all.keys()) {
        const Config at = all[name];
        Patch p{.name = name, .group = at.is_set("group") ? at.text("group") : name, .inside = -1, .where = at.where()};
        reading.attempt([&] { p.inside = compartment_index(reading, at, "inside"); });
        if (at.is_set("outside")) reading.attempt([&] { p.outside = compartment_index(reading, at, "outside"); });
        if (p.inside >= 0 && p.outside == p.inside)
            reading.problem(at.where("outside"), fmt::format("patch '{}' has the same compartment on both sides", name),
                            "for a surface inside one compartment leave `outside` out");
        for (const auto& c : reading.model.compartments)
            if (c.name == name)
                reading.problem(at.where(), fmt::format("'{}' is the name of a compartment too", name), "rename one");
        reading.model.patches.push_back(std::move(p));
    }
}

void read_membranes(const Config& config, Reading& reading) {
    Model& model = reading.model;
    const Config all = config["membranes"];
    for (const auto& name : all.keys()) {
        const Config at = all[name];
        Membrane m{.name = name,
                   .capacitance = at.quantity("capacitance", "F/m2"),
                   .leak_conductance = at.quantity("leak_conductance", "S/m2"),
                   .leak_reversal = at.quantity("leak_reversal", "mV"),
                   .potential = at.quantity("potential", "mV"),
                   .where = at.where()};
        for (const auto& patch : at.texts("patches"))
            reading.attempt([&] {
                const RegionId id = reading.region(patch, at.where("patches"));
                if (!id.surface) throw at.error("patches", fmt::format("'{}' is a compartment", patch), "name patches");
                m.patches.push_back(id.index);
                const int inside = model.patches[id.index].inside;
                if (inside >= 0 && !(model.compartments[inside].conductivity > 0))
                    reading.problem(at.where(),
                                    fmt::format("compartment '{}' inside membrane '{}' has no conductivity",
                                                model.compartments[inside].name, name),
                                    "give it one, e.g. `conductivity: 0.5 S/m`");
            });
        model.membranes.push_back(std::move(m));
    }
}

void read_boundaries(const Config& config, Reading& reading) {
    Model& model = reading.model;
    const Config all = config["diffusion_boundaries"];
    for (const auto& name : all.keys()) {
        const Config at = all[name];
        DiffusionBoundary b{.name = name, .first = -1, .second = -1, .open = at.flag("open"), .where = at.where()};
        if (at.is_set("group")) b.group = at.text("group");
        const auto between = at.texts("between");
        if (between.size() != 2)
            reading.problem(at.where("between"), fmt::format("has {} names, expected 2 compartments", between.size()));
        else
            reading.attempt([&] {
                const RegionId first = reading.region(between[0], at.where("between"));
                const RegionId second = reading.region(between[1], at.where("between"));
                if (first.surface || second.surface || first.index == second.index)
                    throw at.error("between", "expected two different compartments");
                b.first = first.index;
                b.second = second.index;
            });
        for (const auto& s : at.texts("species"))
            reading.attempt([&] { b.species.push_back(model.index_of(s, at.where("species"))); });
        model.boundaries.push_back(std::move(b));
    }
}

}  // namespace

void read_regions(const Config& config, Reading& reading) {
    for (const auto part : {read_compartments, read_patches, read_membranes, read_boundaries})
        reading.attempt([&] { part(config, reading); });
}

}  // namespace ngv::rd
