#include "solvers/rd/kinetics/network.hpp"

#include <algorithm>
#include <cmath>

namespace ngv::rd {

namespace {

int unknown_of(Network& network, int species, Side side) {
    for (int u = 0; u < network.size(); ++u)
        if (network.unknowns[u].species == species && network.unknowns[u].side == side) return u;
    network.unknowns.push_back({species, side});
    return network.size() - 1;
}

bool is_deterministic(const Model& model, const Reaction& r) {
    const auto fits = [&](const Participation& p) { return model.species[p.species].engine == Engine::deterministic; };
    return std::all_of(r.left.begin(), r.left.end(), fits) && std::all_of(r.right.begin(), r.right.end(), fits);
}

void add_reaction(Network& network, const Model& model, int index) {
    const Reaction& r = model.reactions[index];
    Network::Step step{.reaction = index};
    for (const auto& p : r.left) {
        step.reactants.push_back({unknown_of(network, p.species, p.side), p.count});
        step.order += p.count;
    }
    for (const auto& p : r.changes()) step.changes.push_back({unknown_of(network, p.species, p.side), p.count});
    step.outside_power = r.order(Side::outside) - r.volume_powers().second;
    step.per_area = r.surface && r.per_area();
    network.steps.push_back(std::move(step));
}

// channel + ion.in -> channel + ion.out, and back; with a fixed concentration outside the ions come from nowhere.
void add_current(Network& network, const Model& model, int index) {
    const GhkCurrent& current = model.ghk_currents[index];
    const int channel = unknown_of(network, current.channel, Side::here);
    const int inside = unknown_of(network, current.ion, Side::inside);
    const bool fixed = current.outside_mM >= 0.0;
    const int outside = fixed ? -1 : unknown_of(network, current.ion, Side::outside);
    for (const bool inward : {false, true}) {
        Network::Step step{.ghk = index, .inward = inward};
        step.reactants.push_back({channel, 1});
        if (!inward)
            step.reactants.push_back({inside, 1});
        else if (!fixed)
            step.reactants.push_back({outside, 1});
        step.order = static_cast<int>(step.reactants.size());
        const int sign = inward ? 1 : -1;
        if (current.moves_ions) {
            step.changes.push_back({inside, sign});
            if (!fixed) step.changes.push_back({outside, -sign});
        }
        network.steps.push_back(std::move(step));
    }
}

}  // namespace

double Network::geometry(const Step& step, double inside, double outside, double area) {
    // Events go at k times the numbers of molecules over powers of the volumes (Reaction::volume_powers); y of what is on
    // the triangle counts molecules over the volume inside. Rates of areas are in mol/m2, 1e-6 of mM um.
    if (step.ghk >= 0) return 1.0;  // a rate for each channel: V inside cancels
    if (step.per_area) return step.order == 1 ? 1.0 : std::pow(1e-6 * inside / area, step.order - 1);
    return step.outside_power == 0 ? 1.0 : std::pow(outside / inside, step.outside_power);
}

Network volume_network(const Model& model, int compartment) {
    Network network;
    for (std::size_t j = 0; j < model.reactions.size(); ++j) {
        const Reaction& r = model.reactions[j];
        if (!r.surface && r.region == compartment && is_deterministic(model, r))
            add_reaction(network, model, static_cast<int>(j));
    }
    return network;
}

Network patch_network(const Model& model, int patch) {
    Network network;
    for (std::size_t j = 0; j < model.reactions.size(); ++j) {
        const Reaction& r = model.reactions[j];
        if (r.surface && r.region == patch && is_deterministic(model, r))
            add_reaction(network, model, static_cast<int>(j));
    }
    for (std::size_t j = 0; j < model.ghk_currents.size(); ++j) {
        const GhkCurrent& g = model.ghk_currents[j];
        if (g.patch == patch && model.species[g.channel].engine == Engine::deterministic &&
            model.species[g.ion].engine == Engine::deterministic)
            add_current(network, model, static_cast<int>(j));
    }
    return network;
}

}  // namespace ngv::rd
