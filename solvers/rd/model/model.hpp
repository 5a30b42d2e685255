// What is simulated: the species, how they move and what removes them, and the tissue that they move in.
//
//     Model model = model_from(scenario["participants"]["rd"]);       // defaults come from configs/schema.yaml
//     model.species[0].name == "K"
//
// A tetrahedron is tissue: the extracellular share of its volume is alpha, and obstacles slow diffusion down by
// lambda^2 (Nicholson & Phillips 1981; alpha 0.2 and lambda 1.6: Sykova & Nicholson, Physiol Rev 88, 2008).
#pragma once

#include <string>
#include <vector>

#include "coupler/config/config.hpp"

namespace ngv::rd {

struct Species {
    std::string name;
    double diffusion = 0.0;  ///< um2/ms, free; in tissue it is this / lambda^2
    double initial = 0.0;    ///< mM
    int valence = 0;
    double clearance_rate = 0.0;  ///< 1/ms, towards `rest`
    double rest = 0.0;            ///< mM
    double uptake_max = 0.0;      ///< mM/ms, Michaelis-Menten
    double uptake_half = 1.0;     ///< mM
    std::string pool = {};        ///< names of the interface fields; empty: none
    std::string amount = {};
    std::string state = {};
    std::string where = {};  ///< where the scenario sets it
};

enum class TimeScheme { second_order, euler };

struct Model {
    std::vector<Species> species;
    double volume_fraction = 0.2;
    double tortuosity = 1.6;
    Tick step = 500'000;
    TimeScheme scheme = TimeScheme::second_order;
    bool correct_faces = true;  ///< the non-orthogonality correction (diffusion/finite_volumes.hpp)
    double tolerance = 1e-10;   ///< largest residual of the linear solves, relative to a species' largest concentration

    int num_species() const { return static_cast<int>(species.size()); }
    /// Index of a species; UserError with the nearest name.
    int index_of(const std::string& name, const std::string& where) const;
};

/// From a mapping with the keys of the scenario's `participants.rd`. Throws one UserError with every problem.
Model model_from(const Config& config);

}  // namespace ngv::rd
