// Electrodes of a standalone run: currents that flow into vertices for a while, and vertices whose potential is held.
//
//     injections:     [{current: 0.1 nA, low: [0 um, 0 um, 0 um], high: [1 um, 1 um, 0 um], end: 50 ms}]
//     voltage_clamps: [{potential: -20 mV, centre: [5 um, 5 um, 5 um], radius: 1 um}]
#pragma once

#include <vector>

#include "coupler/config/config.hpp"
#include "solvers/rd/membrane/potential.hpp"

namespace ngv::rd {

struct Stimuli {
    struct Injection {
        Zone zone;
        double nA = 0.0;  ///< shared equally by the vertices in the zone
        Tick begin = 0, end = 0;
    };
    struct Hold {
        Zone zone;
        double mV = 0.0;
    };
    std::vector<Injection> injections;
    std::vector<Hold> holds;

    bool empty() const { return injections.empty() && holds.empty(); }
    /// Once, before the first step. Throws UserError where a zone has no vertex. Collective, as the next.
    void begin(MembranePotential& potential) const;
    /// The currents that flow from `now` on, until next().
    void apply(MembranePotential& potential, Tick now) const;
    /// When a current begins or ends after `now`, or `end`.
    Tick next(Tick now, Tick end) const;
};

/// From the lists `injections` and `voltage_clamps`. Throws one UserError with every problem.
Stimuli stimuli_from(const Config& config, const Model& model);

}  // namespace ngv::rd
