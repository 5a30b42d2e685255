// The input module spatially_uniform_e_field: electric fields that are the same everywhere, oscillate or stand still.
//
//     e(r, t) = sum over fields of ramp(t) E . r cos(2 pi f (t - delay) + phase)       mV; E in V/m = mV/mm
//
// A membrane whose outside is at e feels the currents that e drives along the inside: between neighbouring nodes g (e' - e), with g
// their axial conductance. They are injected as electrode currents (mechanism UniformField), so that v stays the voltage across the
// membrane and i_membrane the current through it. This is what NEURON's `extracellular` does with e_extracellular where the layers
// outside have no resistance.
#pragma once

#include <array>

#include "solvers/common/placement.hpp"
#include "solvers/neuron/sonata/input_block.hpp"

namespace ngv::neuron {

/// On all cells of the block's node_set. Sections without a place in space (axon stubs that replace an axon) are at the place where they
/// hang: no current flows along them.
void apply_uniform_field(Input& in);

/// World positions of a cell's nodes, um: middles of compartments, ends of sections.
std::vector<std::array<double, 3>> node_positions(const Blueprint& cell, const Placement& placement);

}  // namespace ngv::neuron
