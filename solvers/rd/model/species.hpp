// A kind of molecule: how it moves, what removes it, under which names partners see it.
#pragma once

#include <string>
#include <vector>

namespace ngv::rd {

/// Who computes it: concentrations (finite volumes), or numbers of molecules (stochastic simulation).
enum class Engine { deterministic, stochastic };

struct Species {
    std::string name = {};
    double diffusion = 0.0;  ///< um2/ms, free; in a compartment of tortuosity lambda it is this / lambda^2
    double initial = 0.0;    ///< mM where `contents` says nothing
    int valence = 0;
    double clearance_rate = 0.0;  ///< 1/ms, towards `rest`
    double rest = 0.0;            ///< mM
    double uptake_max = 0.0;      ///< mM/ms, Michaelis-Menten
    double uptake_half = 1.0;     ///< mM
    std::string pool = {};        ///< names of the interface fields; empty: none
    std::string amount = {};
    std::string state = {};
    std::string where = {};          ///< where the scenario sets it
    double surface_diffusion = 0.0;  ///< um2/ms, on patches
    Engine engine = Engine::deterministic;
};

}  // namespace ngv::rd
