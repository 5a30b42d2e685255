#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "solvers/rd/model/reading.hpp"

namespace ngv::rd {

namespace {

void insert(SpeciesList& list, int species) {
    const auto at = std::lower_bound(list.begin(), list.end(), species);
    if (at == list.end() || *at != species) list.insert(at, species);
}

// The list of a reaction's region, or of the compartment at a side of its patch; null where there is none.
SpeciesList* list_of(Model& model, bool surface, int region, Side side) {
    if (!surface) return &model.compartments[region].species;
    if (side == Side::here) return &model.patches[region].species;
    const int c = side == Side::inside ? model.patches[region].inside : model.patches[region].outside;
    return c < 0 ? nullptr : &model.compartments[c].species;
}

}  // namespace

void check_places(Reading& reading) {
    for (std::size_t s = 0; s < reading.lives_in.size(); ++s)
        for (const auto& name : reading.lives_in[s])
            reading.attempt([&] { reading.region(name, reading.model.species[s].where); });
}

void settle_species(Reading& reading) {
    Model& model = reading.model;
    for (int s = 0; s < model.num_species(); ++s)
        for (const auto& name : reading.lives_in[s]) {
            const RegionId id = model.region(name, model.species[s].where);
            insert(*list_of(model, id.surface, id.index, Side::here), s);
        }
    for (const auto& r : model.reactions)
        for (const auto* side : {&r.left, &r.right})
            for (const auto& p : *side) insert(*list_of(model, r.surface, r.region, p.side), p.species);
    for (const auto& c : model.contents)
        insert(*list_of(model, c.region.surface, c.region.index, Side::here), c.species);
    for (const auto& c : model.clamps) insert(*list_of(model, c.region.surface, c.region.index, Side::here), c.species);
    for (const auto& c : model.ohmic_currents) insert(model.patches[c.patch].species, c.channel);
    for (const auto& c : model.ghk_currents) {
        insert(model.patches[c.patch].species, c.channel);
        insert(model.compartments[model.patches[c.patch].inside].species, c.ion);
        if (c.outside_mM < 0 && model.patches[c.patch].outside >= 0)
            insert(model.compartments[model.patches[c.patch].outside].species, c.ion);
    }
    for (const auto& b : model.boundaries)
        for (const int s : b.species) {
            insert(model.compartments[b.first].species, s);
            insert(model.compartments[b.second].species, s);
        }
    // A species of which nothing says where it is, is everywhere in the volume.
    for (int s = 0; s < model.num_species(); ++s) {
        const auto has = [&](const auto& region) {
            return std::binary_search(region.species.begin(), region.species.end(), s);
        };
        if (std::none_of(model.compartments.begin(), model.compartments.end(), has) &&
            std::none_of(model.patches.begin(), model.patches.end(), has))
            for (auto& c : model.compartments) insert(c.species, s);
    }
}

namespace {

void warn_about_unused(const Reading& reading) {
    Model& model = reading.model;
    // While there are mistakes, what the file names counts as used: the mistake may be why it is not.
    const auto is_named = [&](const std::string& name) {
        return !reading.problems.empty() && reading.named.count(name) > 0;
    };
    const auto warn = [&](const std::string& where, std::string what, std::string fix) {
        model.warnings.push_back({where, std::move(what), std::move(fix)});
    };
    for (std::size_t i = 0; i < model.constants.size(); ++i)
        if (!is_named(model.constants[i].name) &&
            std::none_of(model.reactions.begin(), model.reactions.end(),
                         [&](const auto& r) { return r.constant == static_cast<int>(i); }))
            warn(model.constants[i].where, fmt::format("constant '{}' is not used", model.constants[i].name), "");
    for (std::size_t i = 0; i < model.functions.size(); ++i)
        if (!is_named(model.functions[i].name) &&
            std::none_of(model.reactions.begin(), model.reactions.end(),
                         [&](const auto& r) { return r.function == static_cast<int>(i); }))
            warn(model.functions[i].where, fmt::format("rate '{}' is not used", model.functions[i].name), "");
    for (const auto& c : model.compartments)
        if (c.species.empty() && !is_named(c.name))
            warn(c.where, fmt::format("compartment '{}' has no species", c.name), "give it `contents` or a reaction");
    for (const auto& p : model.patches)
        if (p.species.empty() && !is_named(p.name) &&
            std::none_of(model.reactions.begin(), model.reactions.end(),
                         [&](const auto& r) { return r.surface && &model.patches[r.region] == &p; }) &&
            std::none_of(model.membranes.begin(), model.membranes.end(), [&](const auto& m) {
                return std::find(m.patches.begin(), m.patches.end(), &p - model.patches.data()) != m.patches.end();
            }))
            warn(p.where, fmt::format("patch '{}' has neither species nor reactions", p.name), "");
    for (const auto& r : model.reactions)
        if (r.rate == 0.0 && r.constant < 0)
            warn(r.where, fmt::format("the rate of '{}' is 0: it never happens", r.text), "");
}

// Species that can ever be at a place: there at the start, fed by partners, or a product of reactions that can happen.
void warn_about_impossible(Model& model) {
    using Place = std::tuple<bool, int, int>;  // surface, region, species
    std::set<Place> possible;
    const auto place = [&](const Reaction& r, const Participation& p) {
        if (!r.surface || p.side == Side::here) return Place{r.surface, r.region, p.species};
        const Patch& patch = model.patches[r.region];
        return Place{false, p.side == Side::inside ? patch.inside : patch.outside, p.species};
    };
    for (const auto& c : model.contents)
        if (c.value > 0) possible.insert({c.region.surface, c.region.index, c.species});
    for (const auto& c : model.clamps) possible.insert({c.region.surface, c.region.index, c.species});
    for (int s = 0; s < model.num_species(); ++s) {
        const Species& sp = model.species[s];
        const bool fed = !sp.pool.empty() || !sp.amount.empty() || (sp.clearance_rate > 0 && sp.rest > 0);
        for (std::size_t c = 0; c < model.compartments.size(); ++c)
            if (fed || sp.initial > 0) possible.insert({false, static_cast<int>(c), s});
    }
    for (const auto& c : model.ghk_currents) possible.insert({false, model.patches[c.patch].inside, c.ion});
    std::vector<char> happens(model.reactions.size(), 0);
    for (bool grew = true; grew;) {
        grew = false;
        for (const auto& b : model.boundaries)
            for (const int s : b.species)
                for (const auto& [from, to] : {std::pair{b.first, b.second}, std::pair{b.second, b.first}})
                    if (possible.count({false, from, s})) grew |= possible.insert({false, to, s}).second;
        for (std::size_t i = 0; i < model.reactions.size(); ++i) {
            const auto& r = model.reactions[i];
            if (happens[i] || !std::all_of(r.left.begin(), r.left.end(),
                                           [&](const auto& p) { return possible.count(place(r, p)) > 0; }))
                continue;
            happens[i] = 1;
            grew = true;
            for (const auto& p : r.right) possible.insert(place(r, p));
        }
    }
    for (std::size_t i = 0; i < model.reactions.size(); ++i)
        if (!happens[i])
            model.warnings.push_back({model.reactions[i].where,
                                      fmt::format("'{}' can never happen: a reactant is neither there at the start nor "
                                                  "made by another reaction",
                                                  model.reactions[i].text),
                                      "give the region `contents`, unless a source brings it"});
}

// Rates of one order that lie far from their fellows are often slips of the unit.
void warn_about_outliers(Model& model) {
    for (int order = 0; order <= 4; ++order)
        for (const bool per_area : {false, true}) {
            std::vector<double> logs;
            std::vector<const Reaction*> members;
            for (const auto& r : model.reactions)
                if (r.order() == order && r.per_area() == per_area && r.rate > 0 && r.function < 0) {
                    logs.push_back(std::log10(r.rate));
                    members.push_back(&r);
                }
            if (logs.size() < 4) continue;
            auto sorted = logs;
            std::sort(sorted.begin(), sorted.end());
            const double median = sorted[sorted.size() / 2];
            for (std::size_t i = 0; i < logs.size(); ++i)
                if (std::abs(logs[i] - median) > 5.0)
                    model.warnings.push_back({members[i]->where,
                                              fmt::format("the rate of '{}' is {:.0e} times the median of its order",
                                                          members[i]->text, std::pow(10.0, logs[i] - median)),
                                              "check its unit"});
        }
}

}  // namespace

void check_model(Reading& reading) {
    warn_about_unused(reading);
    if (reading.problems.empty()) warn_about_impossible(reading.model);
    warn_about_outliers(reading.model);
}

}  // namespace ngv::rd
