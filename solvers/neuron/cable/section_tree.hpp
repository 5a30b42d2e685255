// A cell as NEURON sees it: sections with points or plain cylinders, connected at any place, cut into compartments.
//
//     SectionTree tree = sections_of(morphology);         // section ids: soma, axon, basal, apical
//     set_nseg(tree, NsegRule::by_length(40));
//     CellLayout layout = lay_out(tree);                   // nodes in the order in which NEURON solves them
//
//     soma(0) o---O---o soma(1)       O: compartments; o: nodes without membrane: the root, and the end of each section.
//                 | \                 A child at x = 0 hangs where its parent hangs, at x = 1 on the parent's end node,
//                 O  O---O---o        else on the compartment int(nseg x).
//
// Order of nodes (NEURON 8.2): the root; then sections breadth first, children of a section by their place on it, later
// connected ones first; compartments of a section, then its end.
#pragma once

#include <string>
#include <vector>

#include "solvers/common/morphology.hpp"
#include "solvers/neuron/model/blueprint.hpp"

namespace ngv::neuron {

constexpr int myelin_type = 5;

struct CableSection {
    int id = 0;                                ///< SONATA section id; unique
    int type = 0;                              ///< 1 soma, 2 axon, 3 basal, 4 apical, 5 myelin
    int parent = -1;                           ///< place in SectionTree::sections, before this one; -1: the root
    double parent_x = 1.0;                     ///< 0..1
    std::vector<MorphologyPoint> points = {};  ///< um; empty: cylinders
    double length = 0;                         ///< um; from the points where there are any
    std::vector<double> diameters = {};        ///< um; without points: one, or one a compartment
    int nseg = 1;
    double Ra = 35.4;  ///< Ohm cm
    double cm = 1;     ///< uF/cm2; used by the d_lambda rule
};

struct SectionTree {
    std::vector<CableSection> sections;  ///< the first is the root; parents before children
    int num_ids = 0;                     ///< section ids are below; ids of removed sections are not used
};

SectionTree sections_of(const Morphology& morphology);

/// How many compartments a section gets.
struct NsegRule {
    enum class Kind { length, lambda, fixed } kind = Kind::length;
    double value = 40;       ///< um, fraction of the length constant, or the number itself
    double frequency = 100;  ///< Hz, of the length constant
    /// nseg = 1 + 2 int(L / max_length); dL of Allen's configs is half of max_length.
    static NsegRule by_length(double max_length_um) { return {Kind::length, max_length_um, 100}; }
    /// nseg = 2 int((L / (d lambda_f) + 0.9) / 2) + 1
    static NsegRule by_lambda(double d_lambda, double frequency_hz = 100) {
        return {Kind::lambda, d_lambda, frequency_hz};
    }
    static NsegRule fixed(int nseg) { return {Kind::fixed, static_cast<double>(nseg), 100}; }
};

int nseg_of(const CableSection& section, const NsegRule& rule);
void set_nseg(SectionTree& tree, const NsegRule& rule);

/// um: AC length constant (NEURON's lambda_f), averaged over the points.
double length_constant(const CableSection& section, double frequency_hz);

struct CellLayout {
    Blueprint blueprint;  ///< all of the geometry; no mechanisms; cm of the sections
    // one entry a section of the tree
    std::vector<int> first_node;  ///< of its nseg compartments
    std::vector<int> end_node, start_node;
    /// Node at a place: the start or end node for x = 0 and 1, else the compartment int(nseg x).
    int node(const SectionTree& tree, int section, double x) const;
};

CellLayout lay_out(const SectionTree& tree);

/// Path distance from (section `origin`, x) to the middle of each compartment of a section, um.
std::vector<double> path_distances(const SectionTree& tree, int section, int origin, double origin_x);

}  // namespace ngv::neuron
