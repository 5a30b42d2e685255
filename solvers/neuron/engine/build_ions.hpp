// The ions of a group, with NEURON's rules of what is a parameter and what follows (ion_style; nrnoc/eion).
//
// At each node, of the mechanisms that stand there:   reversal potential e     concentrations
//     e read, concentrations not used                 stays                    -
//     concentrations read or written, e used          from them at the start   stay
//     a concentration written, e used                 from them in every step  as the mechanisms write
#pragma once

#include "solvers/neuron/engine/builder_impl.hpp"
#include "solvers/neuron/engine/simulation_impl.hpp"

namespace ngv::neuron {

/// Makes g.ions for g.sets. `cells`: those of the group, with their places. `recorded`: variables that somebody outside looks at.
void build_ions(Group& g, const EngineBuilder::Impl& from, std::span<const CellPlace* const> cells,
                const std::set<std::string>& recorded, bool correct_currents);
/// The views that sets hold, once the ions are where they stay.
void connect_ions(Group& g);

}  // namespace ngv::neuron
