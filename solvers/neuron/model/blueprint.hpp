// A cell as the engine takes it: nodes, membrane, and which mechanism stands where. Made from a morphology and a cell description;
// shared by all cells that are alike.
//
//     soma o---o---F---o---o        node 0: root; parents before children, in the order of NEURON's fixed-step recipe
//                  \---o            F: a node without membrane (area 0)
//
//     Blueprint cell{.parent = {-1, 0}, .rinv = {0, 0.02}, ...};
//     cell.densities.push_back({.mechanism = "hh", .nodes = {0}, .values = {{"gnabar", {0.12}}}});
//     engine_builder.add(gid, std::make_shared<const Blueprint>(std::move(cell)));
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ngv::neuron {

struct Blueprint {
    // one entry a node
    std::vector<int> parent;     ///< -1 for node 0
    std::vector<double> rinv;    ///< 1 / axial resistance to the parent, 1/MOhm = uS
    std::vector<double> area;    ///< um2; 0 without membrane
    std::vector<double> volume;  ///< um3
    std::vector<double> diam;    ///< um
    std::vector<double> cm;      ///< uF/cm2

    /// A density mechanism on some nodes. Values: one for all nodes or one a node, by RANGE name; the rest are defaults.
    struct Density {
        std::string mechanism;
        std::vector<int> nodes;  ///< ascending
        std::map<std::string, std::vector<double>> values = {};
    };
    std::vector<Density> densities;  ///< in the order in which they act

    /// What a cell says of an ion on some nodes: start values, reversal potential, NEURON's ion_style.
    struct IonValues {
        std::string ion;
        std::vector<int> nodes;
        std::map<std::string, std::vector<double>> values = {};  ///< "e" mV, "in", "out" mM
    };
    std::vector<IonValues> ions;

    // one entry a compartment (a node with membrane), in section order: addresses of synapses, reports, mappings
    std::vector<int> node;
    std::vector<int> section;           ///< SONATA section id
    std::vector<double> position;       ///< middle, 0..1 along its section
    std::vector<int> section_type;      ///< 1 soma, 2 axon, 3 basal, 4 apical, 5 myelin
    std::vector<double> length;         ///< um
    std::vector<std::vector<double>> pieces;  ///< 6 coordinates a straight piece of its axis, um, before the cell is placed; may be empty
    // one entry a section, and one more at the end
    std::vector<int> first_compartment;

    int soma = 0;      ///< node of the spike detector at the soma
    int ais = -1;      ///< node of the spike detector at the axon initial segment; -1: none

    int num_nodes() const { return static_cast<int>(parent.size()); }
    int num_compartments() const { return static_cast<int>(node.size()); }
};

}  // namespace ngv::neuron
