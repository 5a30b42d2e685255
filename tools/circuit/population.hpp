// Which cells there are, where they stand and what they look like.
#pragma once

#include <memory>
#include <vector>

#include "tools/circuit/circuit.hpp"
#include "tools/circuit/grow.hpp"

namespace ngv::circuit {

struct Neuron {
    NeuronType type;
    Place place;
    std::uint32_t shape;  ///< index in Neurons::shapes
    int layer;            ///< 2..6 from the surface down, by relative depth
};

struct Neurons {
    std::vector<Neuron> cells;
    std::vector<Shape> shapes;
    const Shape& shape(std::size_t neuron) const { return shapes[cells[neuron].shape]; }
};

struct Endfoot {
    EndfootTarget target;
    int section;  ///< of the astrocyte; ends on the target
};

struct Astrocyte {
    Place place;
    Shape shape;
    std::vector<Endfoot> endfeet;
};

struct Somata {
    std::vector<Vec3> neurons, astrocytes;
};

/// Positions apart from each other and from vessels, spread evenly (dart throwing; the least distance shrinks where it
/// is crowded). Neuron i is of type types[i]. Throws UserError when they do not fit.
Somata place_somata(const CircuitOptions& options, const Box& box, const VesselIndex& vessels,
                    const std::vector<double>& neuron_radii);

std::vector<NeuronType> neuron_types(const CircuitOptions& options);

Neurons make_neurons(const CircuitOptions& options, const Box& box, const VesselIndex& vessels,
                     const std::vector<Vec3>& somata, const std::vector<NeuronType>& types,
                     const std::vector<double>& radii);

std::vector<Astrocyte> make_astrocytes(const CircuitOptions& options, const Box& box, const Vasculature& vasculature,
                                       const VesselIndex& vessels, const std::vector<Vec3>& somata);

}  // namespace ngv::circuit
