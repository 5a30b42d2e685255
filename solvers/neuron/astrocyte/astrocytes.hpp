// What astrocytes do beside their membrane: the chain glutamate -> IP3 -> Ca2+ on every compartment, IP3 spreading
// along the processes, and the vessels under the endfeet.
//
//   glutamate_o (from outside) + contacts (own synapses)  -> IP3 --diffusion along the tree--> Ca2+ at the endfoot ->
//   vessel wall
#pragma once

#include <cstdint>
#include <vector>

#include "solvers/neuron/astrocyte/calcium.hpp"
#include "solvers/neuron/astrocyte/vessel_wall.hpp"
#include "solvers/neuron/engine/nodes.hpp"
#include "solvers/neuron/mechanisms/mechanism.hpp"

namespace ngv::neuron {

struct Endfoot {
    std::int64_t id = 0;      ///< global edge id
    std::int64_t vessel = 0;  ///< node id in the vasculature
    int node = 0;             ///< astrocyte node whose calcium counts
    double radius = 0;        ///< um, of the vessel at rest
};

class Astrocytes {
  public:
    /// `range`: the astrocytes' nodes. `axial_resistivity` (Ohm cm) turns axial conductances back into cross sections.
    Astrocytes(AstrocyteParameters parameters, Range range, double axial_resistivity, std::vector<Endfoot> endfeet);
    Astrocytes() = default;

    /// Rest at the glutamate of the moment; every vessel at its own radius.
    void initialise(const Nodes& nodes);
    /// A released share arrives at a contact on `node`.
    void contact(int node, double share) {
        contact_[node - range_.begin] += share * parameters_.calcium.contact_glutamate;
    }
    /// One step of parameters().dt.
    void advance(const Nodes& nodes);

    Range range() const { return range_; }
    const AstrocyteParameters& parameters() const { return parameters_; }
    const std::vector<Endfoot>& endfeet() const { return endfeet_; }
    const std::vector<VesselWall>& walls() const { return walls_; }
    double calcium(int node) const { return state_[node - range_.begin].ca; }  ///< uM
    double ip3(int node) const { return state_[node - range_.begin].ip3; }     ///< uM

    /// mM on each node of range(): what comes from outside.
    std::vector<double> glutamate;

  private:
    AstrocyteParameters parameters_;
    Range range_;
    double axial_resistivity_ = 100;
    std::vector<Endfoot> endfeet_;
    std::vector<VesselWall> walls_;
    std::vector<CalciumState> state_;
    std::vector<double> contact_;  // uM
    std::vector<double> diagonal_, right_;
};

}  // namespace ngv::neuron
