// Neuromodulatory edges: each acts on the synapse of its target cell that is nearest to its place, whatever population that is of.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "solvers/common/circuit.hpp"
#include "solvers/neuron/sonata/network.hpp"
#include "solvers/neuron/sonata/overrides.hpp"

namespace ngv::neuron {

struct Modulation {
    std::size_t population;  ///< place of its edge population in the circuit
    std::int64_t edge, source, target;
    LocalCell* cell;
    std::shared_ptr<const EdgeSettings> settings;
    double delay, strength, decay;  ///< ms, uM, ms
};

/// Modulations of this rank's synapses, by (place of the population, edge) of the synapse. Edges without a synapse within 0.05 of their
/// relative position on the same section are left out, as in neurodamus; their number is logged.
using ModulatedSynapses = std::map<std::pair<std::size_t, std::int64_t>, std::vector<Modulation>>;
ModulatedSynapses modulated_synapses(Network& network, const std::vector<Replay>& replays);

/// The variable of a synapse by which modulators act on its utilisation, its value without them, and the largest that it can have.
struct Utilisation {
    std::string variable;
    double at_rest, most;
};

/// The modulator of a synapse at `node`: NeuroModulation, with a connection from each edge.
void add_modulation(Network& network, const std::vector<Modulation>& modulations, const std::vector<Replay>& replays,
                    Point synapse, int node, const Utilisation& use);

}  // namespace ngv::neuron
