// Reactions as the stochastic engine computes them: propensities from numbers of molecules.
//
//     a = k size^(1-n) x (x-1) ... for each reactant;    size = N_A V 1 mM, or N_A A 1 mol/m2
//
// of the volume or the area that the reactants are in; with reactants on both sides of a patch see Reaction.
//
// A law belongs to a compartment (its slots are the compartment's species), or to a patch (slots of the patch's species,
// and of the compartments inside and outside).
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "solvers/rd/model/model.hpp"

namespace ngv::rd {

struct Law {
    enum class Kind { mass_action, saturating, ghk_out, ghk_in };
    /// A place among the slots: index in LawBook's list of the patch or of the compartment at that side of it
    /// (`Side::inside` for a compartment's own law).
    struct Slot {
        int index = 0;
        Side side = Side::inside;
        int count = 1;  ///< reactants: molecules that meet; changes: gained with an event
        int species = 0;
    };

    Kind kind = Kind::mass_action;
    double rate = 0.0;   ///< Model's unit of its order; saturating: mM/ms; GHK: um3/ms
    double other = 0.0;  ///< saturating: mM at half the rate; ghk_in: mM outside, or negative: its compartment's
    int order = 0;
    bool per_area = false;
    std::pair<int, int> volume_powers = {};  ///< on a patch, unless per_area: Reaction::volume_powers
    int drive = -1;                          ///< row of the triangles' voltage-dependent factors, or -1
    int extent = 0;                          ///< row of the extents
    int charge = 0;                          ///< elementary charges that leave the cell with an event
    std::vector<Slot> reactants = {}, changes = {};
};

/// What depends on the potential of a triangle, in the order of the rows: the model's functions, then out and in of
/// each GHK current.
std::vector<double> drives_at(const Model& model, double mV);

struct LawBook {
    std::vector<std::vector<Law>> compartments, patches;
    std::vector<std::string> extents;  ///< names of the rows, for output: region and reaction
    std::vector<int> reactions;        ///< of each row the model's reaction, or -1
    /// Species that are molecules here: the stochastic ones, and those deterministic ones that react with them.
    std::vector<SpeciesList> compartment_species, patch_species;

    /// Laws that read a slot, by the slot's index and side; of a compartment all are `inside`.
    struct Readers {
        std::vector<std::vector<int>> inside, here, outside;
    };
    std::vector<Readers> compartment_readers, patch_readers;
    /// [patches] A law reads what is outside: the two elements at a triangle react with each other.
    std::vector<char> two_sided;

    /// Reactions and currents of at least one stochastic species.
    explicit LawBook(const Model& model);

  private:
    void find_species(const Model& model);
    void find_readers(const Model& model);
};

/// Amount of substance to molecules, for the size in the formula above.
double size_of_volume(double um3);
double size_of_area(double um2);

/// x (x-1) ... of `count` factors; 0 where there are too few molecules.
inline double falling(double x, int count) {
    double product = x;
    for (int k = 1; k < count; ++k) product *= x - k;
    return x < count ? 0.0 : product;
}

/// factor / size^power, power >= -1
inline double divided(double factor, double size, int power) {
    if (power < 0) return factor * size;
    for (int k = 0; k < power; ++k) factor /= size;
    return factor;
}

}  // namespace ngv::rd
