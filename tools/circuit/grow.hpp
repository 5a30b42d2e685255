// Grows the shapes of cells: tips walk, bend away from walls and vessels, taper and fork until their length is spent.
//
//     Habitat here{box.shrunk(3), &vessels};
//     Shape cell = grow_neuron(NeuronType::pyramidal, place, here, Stream(seed, purpose("neuron"), 7));
//
// At a fork diameters follow Rall's 3/2 power: d^1.5 = d1^1.5 + d2^1.5 (Rall 1959), down to the type's smallest
// diameter.
#pragma once

#include <cstdint>
#include <vector>

#include "tools/circuit/morphology.hpp"
#include "tools/circuit/stream.hpp"
#include "tools/circuit/vasculature.hpp"

namespace ngv::circuit {

enum class NeuronType : std::uint8_t { pyramidal, interneuron };

/// Where a cell may grow.
struct Habitat {
    Box inside;                            ///< um, every point of the shape
    const VesselIndex* vessels = nullptr;  ///< neurites go around them; null where the place is not yet known
};

/// um, drawn for a cell of this type
double soma_radius(NeuronType type, Stream random);

Shape grow_neuron(NeuronType type, double soma_radius, const Place& place, const Habitat& habitat, Stream random);

/// Where an endfoot sits: a point on a vessel's surface.
struct EndfootTarget {
    std::size_t piece;  ///< of the vasculature
    double place;       ///< 0..1 along the piece
    Vec3 surface;       ///< um, in the tissue
};

/// The first sections, one for each target, end on the targets; the others fill the cell's domain.
Shape grow_astrocyte(double soma_radius, const Place& place, const std::vector<EndfootTarget>& targets,
                     const Habitat& habitat, Stream random);

}  // namespace ngv::circuit
