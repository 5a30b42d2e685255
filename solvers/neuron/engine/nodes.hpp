// The state of every node of every cell on this rank, as structure of arrays: what mechanisms read and add to.
//
//   cells      |  cell 0   | cell 1  |     cell 2     |  astrocyte 0 | ...      nodes of a cell are contiguous,
//   arrays   v [ . . . . . . . . . . . . . . . . . . . . . . . . . . ]          parents before children
//
// Current densities are positive outward. Mechanisms add their current to the ion that carries it, so that the budget
// of each ion is complete; what no tracked ion carries (chloride) goes to `other`.
#pragma once

#include <string>
#include <vector>

namespace ngv::neuron {

using Array = std::vector<double>;

/// One species that crosses the membrane.
struct Ion {
    std::string name;  ///< "Na", "K", "Ca"
    double valence = 1;
    Array e;               ///< reversal potential, mV
    Array in, out;         ///< concentrations, mM
    Array i;               ///< membrane current density of this step, mA/cm2
    Array didv;            ///< its slope, S/cm2
    Array emitted;         ///< mol given to the outside since take_emitted(); negative: taken
    Array mM_per_mol_in;   ///< change of `in` for a mole that enters: 1e18 / volume, times the free fraction
    Array mM_per_mol_out;  ///< change of `out` for a mole that leaves: 1e18 / capacity; 0 where `out` is held
};

struct Nodes {
    explicit Nodes(std::size_t n = 0);

    std::size_t size() const { return v.size(); }

    // geometry and cable
    Array area;               ///< um2
    Array volume;             ///< um3
    Array cm;                 ///< uF/cm2
    std::vector<int> parent;  ///< -1 for the first node of a cell
    Array g_parent;           ///< uS

    // membrane
    Array v;  ///< mV
    Ion na, k, ca;
    Array other_i, other_didv;  ///< currents that no tracked ion carries, mA/cm2, S/cm2
    bool follow = true;         ///< reversal potentials follow the concentrations; else both are held

    // energy
    Array atp, adp;  ///< mM
    Array atp_flux;  ///< use by pumps in this step as a current density: mol ATP per area and time times F, mA/cm2
    Array atp_used;  ///< mol since it was last taken
    Array mM_per_mol_atp;  ///< 1e18 / volume where ATP is felt, 0 where it is held

    // transmitters released on the node since they were last taken, mol
    Array glutamate_released, gaba_released;
};

}  // namespace ngv::neuron
