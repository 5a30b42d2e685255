#include "solvers/rd/stochastic/laws.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ngv::rd {

double size_of_volume(double um3) {
    return molecules_per_mM_um3 * um3;
}

double size_of_area(double um2) {
    return avogadro * 1e-12 * um2;
}

std::vector<double> drives_at(const Model& model, double mV) {
    std::vector<double> rows;
    for (const auto& f : model.functions) rows.push_back(f(mV));
    // One-way fluxes whose difference is Goldman, Hodgkin and Katz's: P n nu c_i / (1 - e^-nu) out, and
    // P n nu c_o e^-nu / (1 - e^-nu) in (Hille 2001, ch. 14).
    for (const auto& c : model.ghk_currents) {
        constexpr double faraday = 96485.33212, gas = 8.314462618;
        const double nu = model.species[c.ion].valence * mV * 1e-3 * faraday / (gas * model.temperature);
        const double out = std::abs(nu) < 1e-9 ? 1.0 + 0.5 * nu : nu / -std::expm1(-nu);
        rows.push_back(out);
        rows.push_back(out * std::exp(-nu));
    }
    return rows;
}

namespace {

int index_in(const SpeciesList& list, int species) {
    const auto at = std::lower_bound(list.begin(), list.end(), species);
    NGV_ASSERT(at != list.end() && *at == species);
    return static_cast<int>(at - list.begin());
}

bool is_stochastic(const Model& model, int species) {
    return model.species[species].engine == Engine::stochastic;
}

bool is_stochastic(const Model& model, const Reaction& r) {
    const auto any = [&](const auto& side) {
        return std::any_of(side.begin(), side.end(), [&](const auto& p) { return is_stochastic(model, p.species); });
    };
    return any(r.left) || any(r.right);
}

}  // namespace

// Which species are molecules in each region.
void LawBook::find_species(const Model& model) {
    const auto put = [](SpeciesList& list, int species) {
        const auto at = std::lower_bound(list.begin(), list.end(), species);
        if (at == list.end() || *at != species) list.insert(at, species);
    };
    const auto put_stochastic = [&](const auto& regions, std::vector<SpeciesList>& lists) {
        for (std::size_t r = 0; r < regions.size(); ++r)
            for (const int s : regions[r].species)
                if (is_stochastic(model, s)) put(lists[r], s);
    };
    put_stochastic(model.compartments, compartment_species);
    put_stochastic(model.patches, patch_species);
    const auto put_at = [&](bool surface, int region, const Participation& p) {
        if (!surface)
            put(compartment_species[region], p.species);
        else if (p.side == Side::here)
            put(patch_species[region], p.species);
        else
            put(compartment_species[p.side == Side::inside ? model.patches[region].inside
                                                           : model.patches[region].outside],
                p.species);
    };
    for (const auto& r : model.reactions)
        if (is_stochastic(model, r))
            for (const auto* side : {&r.left, &r.right})
                for (const auto& p : *side) put_at(r.surface, r.region, p);
    for (const auto& g : model.ghk_currents) {
        if (!is_stochastic(model, g.channel) && !is_stochastic(model, g.ion)) continue;
        put_at(true, g.patch, {g.channel, Side::here, 1});
        put_at(true, g.patch, {g.ion, Side::inside, 1});
        if (g.outside_mM < 0) put_at(true, g.patch, {g.ion, Side::outside, 1});
    }
}

void LawBook::find_readers(const Model& model) {
    const auto add = [](const std::vector<Law>& laws, Readers& readers) {
        for (std::size_t k = 0; k < laws.size(); ++k)
            for (const auto& r : laws[k].reactants)
                (r.side == Side::here     ? readers.here
                 : r.side == Side::inside ? readers.inside
                                          : readers.outside)[r.index]
                    .push_back(static_cast<int>(k));
    };
    for (std::size_t c = 0; c < compartments.size(); ++c) {
        compartment_readers.push_back({});
        compartment_readers[c].inside.resize(compartment_species[c].size());
        add(compartments[c], compartment_readers[c]);
    }
    for (std::size_t p = 0; p < patches.size(); ++p) {
        const Patch& patch = model.patches[p];
        patch_readers.push_back({});
        Readers& readers = patch_readers.back();
        readers.inside.resize(compartment_species[patch.inside].size());
        readers.here.resize(patch_species[p].size());
        if (patch.outside >= 0) readers.outside.resize(compartment_species[patch.outside].size());
        add(patches[p], readers);
        two_sided.push_back(std::any_of(readers.outside.begin(), readers.outside.end(),
                                        [](const auto& laws) { return !laws.empty(); }));
    }
}

LawBook::LawBook(const Model& model)
    : compartments(model.compartments.size()),
      patches(model.patches.size()),
      compartment_species(compartments.size()),
      patch_species(patches.size()) {
    find_species(model);
    const auto slot = [&](bool surface, int region, const Participation& p) {
        Law::Slot s{.side = surface ? p.side : Side::inside, .count = p.count, .species = p.species};
        if (!surface)
            s.index = index_in(compartment_species[region], p.species);
        else if (p.side == Side::here)
            s.index = index_in(patch_species[region], p.species);
        else
            s.index = index_in(compartment_species[p.side == Side::inside ? model.patches[region].inside
                                                                          : model.patches[region].outside],
                               p.species);
        return s;
    };
    for (std::size_t index = 0; index < model.reactions.size(); ++index) {
        const Reaction& r = model.reactions[index];
        if (!is_stochastic(model, r)) continue;
        reactions.push_back(static_cast<int>(index));
        Law law{.rate = r.rate,
                .order = r.order(),
                .per_area = r.per_area(),
                .volume_powers = r.volume_powers(),
                .drive = r.function};
        law.extent = static_cast<int>(extents.size());
        const auto& region = r.surface ? model.patches[r.region].name : model.compartments[r.region].name;
        extents.push_back(fmt::format("{}: {}", region, r.text));
        for (const auto& p : r.left) law.reactants.push_back(slot(r.surface, r.region, p));
        for (const auto& p : r.changes()) law.changes.push_back(slot(r.surface, r.region, p));
        (r.surface ? patches : compartments)[r.region].push_back(std::move(law));
    }
    // What the tissue removes on the spot.
    for (std::size_t c = 0; c < compartments.size(); ++c)
        for (const int s : model.compartments[c].species) {
            const Species& species = model.species[s];
            if (species.engine != Engine::stochastic) continue;
            const Participation one{s, Side::here, 1};
            const auto add = [&](Law law, bool consumes, const char* what) {
                auto in = slot(false, static_cast<int>(c), one);
                if (consumes) law.reactants = {in};
                in.count = consumes ? -1 : 1;
                law.changes = {in};
                law.extent = static_cast<int>(extents.size());
                extents.push_back(fmt::format("{}: {} of {}", model.compartments[c].name, what, species.name));
                compartments[c].push_back(std::move(law));
            };
            if (species.clearance_rate > 0.0) {
                add({.rate = species.clearance_rate, .order = 1}, true, "clearance");
                if (species.rest > 0.0)
                    add({.rate = species.clearance_rate * species.rest, .order = 0}, false, "return");
            }
            if (species.uptake_max > 0.0)
                add({.kind = Law::Kind::saturating,
                     .rate = species.uptake_max,
                     .other = species.uptake_half,
                     .order = 1},
                    true, "uptake");
        }
    for (std::size_t i = 0; i < model.ghk_currents.size(); ++i) {
        const auto& g = model.ghk_currents[i];
        if (!is_stochastic(model, g.channel) && !is_stochastic(model, g.ion)) continue;
        const bool fixed = g.outside_mM >= 0;
        for (const bool out : {true, false}) {
            Law law{
                .kind = out ? Law::Kind::ghk_out : Law::Kind::ghk_in, .rate = g.permeability, .other = g.outside_mM};
            law.order = 2;
            law.drive = static_cast<int>(model.functions.size() + 2 * i + (out ? 0 : 1));
            law.charge = (out ? 1 : -1) * model.species[g.ion].valence;
            law.reactants = {slot(true, g.patch, {g.channel, Side::here, 1})};
            if (out) law.reactants.push_back(slot(true, g.patch, {g.ion, Side::inside, 1}));
            if (!out && !fixed) law.reactants.push_back(slot(true, g.patch, {g.ion, Side::outside, 1}));
            if (g.moves_ions) {
                law.changes = {slot(true, g.patch, {g.ion, Side::inside, out ? -1 : 1})};
                if (!fixed) law.changes.push_back(slot(true, g.patch, {g.ion, Side::outside, out ? 1 : -1}));
            }
            law.extent = static_cast<int>(extents.size());
            extents.push_back(fmt::format("{}: {} {}", model.patches[g.patch].name, g.name, out ? "out" : "in"));
            patches[g.patch].push_back(std::move(law));
        }
    }
    reactions.resize(extents.size(), -1);
    find_readers(model);
}

}  // namespace ngv::rd
