// Chemical synapses where boutons of axons lie near dendrites, and the synapses of virtual inputs.
//
//      axon  --o------o------o------o--     a bouton every 4 um
//                     : gap
//      ==============#=====================  dendrite: a synapse if the gap is at most the touch distance
//
// Works through the targets one by one: memory holds all boutons, but no list of all synapses.
#pragma once

#include <cstdint>
#include <vector>

#include "tools/circuit/circuit.hpp"
#include "tools/circuit/population.hpp"

namespace ngv::circuit {

/// A place on a cell.
struct Site {
    std::int32_t section = 0;
    float position = 0;        ///< 0..1 along the section
    std::int32_t segment = 0;  ///< number of the piece between two points
    float segment_offset = 0;  ///< um along it
    std::int32_t type = 1;     ///< SWC
    Vec3 centre;               ///< um, on the axis
    Vec3 surface;              ///< um, on the membrane, towards the partner
};

/// Parameters of a chemical synapse, in SONATA's units.
struct SynapseParameters {
    float conductance;  ///< nS
    float decay_time;   ///< ms
    float u_syn;
    float depression_time, facilitation_time;  ///< ms
    std::int32_t n_rrp_vesicles;
    std::int32_t syn_type_id;        ///< below 100 inhibitory
    float conductance_scale_factor;  ///< NMDA per AMPA
    float u_hill_coefficient;        ///< mM
    float delay;                     ///< ms
};

struct Synapse {
    std::uint64_t source, target;
    Site afferent, efferent;
    float gap = 0;  ///< um between bouton and dendrite: the length of the spine
    SynapseParameters parameters{};
};

/// Where boutons lie, of all neurons.
class Boutons {
  public:
    Boutons(const Neurons& neurons, const Box& box);

    struct Bouton {
        float x, y, z;
        std::uint32_t neuron;
        std::uint16_t section, segment;
        float offset;  ///< um along the segment
        float path;    ///< um of axon from the soma
        Vec3 position() const { return {x, y, z}; }
    };
    std::size_t size() const { return boutons_.size(); }
    const Bouton& operator[](std::size_t i) const { return boutons_[i]; }
    const Grid& grid() const { return grid_; }

  private:
    std::vector<Bouton> boutons_;
    Grid grid_;
};

/// The synapses on one neuron, ordered by source and place on its axon.
std::vector<Synapse> afferent_synapses(const CircuitOptions& options, const Neurons& neurons, const Boutons& boutons,
                                       std::size_t target);

/// The synapses of virtual inputs on one neuron, ordered by source.
std::vector<Synapse> input_synapses(const CircuitOptions& options, const Neurons& neurons, std::size_t target);

}  // namespace ngv::circuit
