// One cell as a tree of nodes: what the cable equation is solved on.
//
//   node 0: middle of the soma          compartments carry membrane
//   o---o---o---F---o---o               F: a fork of two or more branches, no membrane; NEURON's other zero-area nodes
//               \---o---o               (ends, joints of two) drop out exactly: resistances in series
//
// Every node but the first has one parent, with a smaller index.
#pragma once

#include <vector>

#include "solvers/common/morphology.hpp"

namespace ngv::neuron {

struct CableCell {
    // one entry a node
    std::vector<int> parent;       ///< -1 for node 0
    std::vector<double> g_parent;  ///< axial conductance to the parent, uS
    std::vector<double> area;      ///< um2; 0 at a fork
    std::vector<double> volume;    ///< um3; 0 at a fork
    std::vector<int> compartment;  ///< number of the compartment in section order; -1 at a fork
    // one entry a compartment
    std::vector<int> node;
    std::vector<int> section;      ///< SONATA section id
    std::vector<double> position;  ///< 0..1 along the section
    std::vector<int> section_type;
    std::vector<double> length;               ///< um
    std::vector<double> diameter;             ///< um
    std::vector<std::vector<double>> pieces;  ///< 6 coordinates a piece, um, before the cell is placed
    // one entry a section
    std::vector<int> first_compartment;  ///< and one more at the end

    int num_nodes() const { return static_cast<int>(parent.size()); }
    int num_compartments() const { return static_cast<int>(node.size()); }
    /// The compartment at a place of a section, as NEURON counts: int(nseg x), the last one for x = 1.
    int compartment_at(int section_id, double x) const;
    int soma_node() const { return node[(first_compartment[0] + first_compartment[1]) / 2]; }
};

struct CableOptions {
    double axial_resistivity = 100;  ///< Ohm cm
    double max_length = 40;          ///< um: nseg = 1 + 2 int(L / max_length)
    std::vector<int> nseg = {};      ///< one a section: overrides the rule
};

/// Neurites hang on the middle of a soma section, and on the end of any other.
CableCell build_cable(const Morphology& morphology, const CableOptions& options);

/// How many compartments build_cable() would make: the cost of a cell before it is built.
int count_compartments(const Morphology& morphology, const CableOptions& options);

}  // namespace ngv::neuron
