// Edges that end on this rank's cells, of one population, and where they are on the cells.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "solvers/common/edges.hpp"
#include "solvers/neuron/sonata/contacts.hpp"
#include "solvers/neuron/sonata/network.hpp"
#include "solvers/neuron/sonata/neuromodulation.hpp"
#include "solvers/neuron/sonata/overrides.hpp"

namespace ngv::neuron {

/// One edge that is made.
struct LiveEdge {
    std::int64_t edge;            ///< row of the file
    std::int64_t row;             ///< place among the edges of its target: what synapse ids and random seeds count
    std::int64_t source, target;  ///< node ids
    LocalCell* cell;
    int node;  ///< of the cell; -1 for point cells
    std::shared_ptr<const EdgeSettings> settings;
};

/// Hands over the edges of a population on the local cells, those of some cells at a time (about a million, so that what is read of them
/// is small beside what they become), in the order in which they are made: by target, then by source downwards (as neurodamus does),
/// then by row. Left out: edges whose section was replaced, edges that no override matches, and edges that nothing can activate.
void for_live_edges(Network& network, const EdgePopulation& edges, const EdgePopulationEntry& entry,
                    const SimulatedPopulation& source, const SimulatedPopulation& target,
                    const std::vector<Replay>& replays, const std::function<void(const std::vector<LiveEdge>&)>& make);
/// All of them at once.
std::vector<LiveEdge> live_edges(Network& network, const EdgePopulation& edges, const EdgePopulationEntry& entry,
                                 const SimulatedPopulation& source, const SimulatedPopulation& target,
                                 const std::vector<Replay>& replays);

/// Columns of some edges.
class EdgeColumns {
  public:
    EdgeColumns(const EdgePopulation& edges, const std::vector<LiveEdge>& live);
    /// Numbers in the order of the live edges.
    std::vector<double> numbers(const std::string& name, std::optional<double> fallback = {}) const;
    std::vector<std::string> texts(const std::string& name, std::optional<std::string> fallback = {}) const;
    bool has(const std::string& name) const { return edges_.has(name); }

  private:
    template <class T, class Read>
    std::vector<T> in_order(Read&& read) const;

    const EdgePopulation& edges_;
    std::vector<std::int64_t> rows_;  ///< ascending: they are read in the order of the file
    std::vector<std::size_t> place_;  ///< of each live edge in rows_
};

/// Delay as neurodamus rounds it: down to a step, with a tolerance; at least one step.
double rounded_delay(double delay_ms, double dt, std::int64_t edge, const std::string& population);

/// Connections of one synapse: from its source if that fires in this run, and from each replay of it. `weights[0]` is the weight, and
/// weights[type_index] becomes 2 for replays (0: no such argument). `unit`: the weight for a factor of 1, for weights that change.
void connect(Network& network, const LiveEdge& edge, const SimulatedPopulation& source,
             const std::vector<Replay>& replays, Point synapse, double delay_ms, std::vector<double> weights,
             double unit, std::size_t type_index, std::int64_t order);

/// Which edge population and row: ties of events at one time are broken by it.
std::int64_t order_of(std::size_t population, std::int64_t edge);

/// The source of a replay's spikes.
std::int64_t replay_source(const SimulatedPopulation& population, std::int64_t node_id, std::size_t replay);

/// Synapses with contacts tell their astrocytes of every release; modulators act on those that they are near to.
void wire_chemical(Network& network, std::size_t place, const std::vector<Replay>& replays,
                   const ContactedSynapses& contacts, const ModulatedSynapses& modulated);
void wire_electrical(Network& network, std::size_t place);
/// Exp2Syn on cells, weights of point cells; BBP's and Allen's columns.
void wire_simple(Network& network, std::size_t place, const std::vector<Replay>& replays);

}  // namespace ngv::neuron
