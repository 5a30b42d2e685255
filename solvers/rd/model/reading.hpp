// How the parts of a model file are read: each part adds to the model, and its mistakes to one list.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "coupler/config/attempt.hpp"
#include "coupler/config/config.hpp"
#include "solvers/rd/model/model.hpp"

namespace ngv::rd {

struct Reading {
    Model& model;
    std::vector<Problem>& problems;
    std::vector<std::vector<std::string>> lives_in = {};  ///< by species: regions that the file names
    std::set<std::string> named = {};  ///< regions and rates that the file refers to, also where it is wrong otherwise

    void problem(std::string where, std::string what, std::string fix = {}) {
        problems.push_back({std::move(where), std::move(what), std::move(fix)});
    }
    /// Runs `part`; its UserErrors join the list. False if there was one.
    template <class Part>
    bool attempt(Part&& part) {
        return ngv::attempt(problems, part);
    }
    /// Model::region(), remembered as named.
    RegionId region(const std::string& name, const std::string& where) {
        named.insert(name);
        return model.region(name, where);
    }
    /// "3 uM" in `unit`, with the place in the message.
    static double quantity(const std::string& text, const std::string& unit, const std::string& where);
};

void read_species(const Config& config, Reading& reading);
void read_regions(const Config& config, Reading& reading);    ///< compartments, patches, membranes, boundaries
void read_rates(const Config& config, Reading& reading);      ///< constants and functions of the potential
void read_reactions(const Config& config, Reading& reading);  ///< reactions and currents
void read_contents(const Config& config, Reading& reading);   ///< what is where at the start, clamps, changes
Zone read_zone(const Config& config, Reading& reading);

/// Adds the species and reactions of an SBML file (Level 2 or 3) to a compartment of the model; sbml.cpp says what it
/// understands. `names`: SBML compartment -> region.
void read_sbml(const std::string& file, const std::map<std::string, std::string>& names, const std::string& where,
               Reading& reading);

/// Unit of a rate constant: (mol/m3)^(1-n)/ms, or (mol/m2)^(1-n)/ms on an area.
std::string rate_unit(int order, bool per_area);

/// Adds one direction of a reaction; its rate as parse_rate() understands it.
void add_reaction(Reaction reaction, const std::string& rate, Reading& reading);

/// Fills the species lists of compartments and patches from what is said and used; of a model without mistakes.
void settle_species(Reading& reading);
/// The regions that species name.
void check_places(Reading& reading);
/// What is legal but hardly meant: rules nobody uses, reactions that never fire, rates far from the others. Of a model with
/// mistakes: what no correction of them would change.
void check_model(Reading& reading);

}  // namespace ngv::rd
