// What becomes of the axon of a reconstruction, which is rarely complete: the rules of the BBP and Allen cell models.
//
//     keep       as it is
//     stubs      two cylinders of 30 um; diameters of the first axon section and of the first one whose middle is more than 60 um
//                away from soma(0) (BBP v5; Allen's all-active cells)
//     segments   two cylinders of 30 um in five compartments with the first ten diameters, one every 6 um, of the axon's sections in
//                order (BBP v6, v7); with myelin: one more of 1000 um
//     taper      the same with diameters  strength exp(-60 i / 10 / decay) + terminal scaler,  i = 0..9
//     fixed      two cylinders of 30 um of one diameter (Allen's perisomatic cells)
//
// The new sections inherit the ids of the first two (three) axon sections, so that synapses on these stay; or, as in Allen's
// models, all sections are numbered anew and the stubs come last.
#pragma once

#include <string>

#include "solvers/neuron/cable/section_tree.hpp"

namespace ngv::neuron {

struct AxonRule {
    enum class Kind { keep, stubs, segments, taper, fixed } kind = Kind::keep;
    double diameter = 1;                           ///< um; fixed
    double strength = 0, decay = 1, terminal = 0;  ///< um, um, um; taper
    bool myelin = false;                           ///< segments, taper: a third section of 1000 um
    double attach_x = 1;                           ///< where the first stub hangs on the soma
    bool renumber = false;                         ///< ids anew, stubs last
};

/// `scaler`: the cell's AIS_scaler. UserError (`where`) if the axon has too few sections or compartments for the rule, or if
/// something that is not axon hangs on it. nseg of the tree must be set.
void apply_axon_rule(SectionTree& tree, const AxonRule& rule, double scaler, const std::string& where);

}  // namespace ngv::neuron
