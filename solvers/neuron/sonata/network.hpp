// A SONATA simulation as the engine takes it: cells, synapses, inputs of this rank. What happens, in this order:
//
//     nodes of the node set -> types -> ranks by cost -> blueprints (modified) -> engine
//     edges of the rank's cells -> overrides -> point processes and connections; edges that nothing can activate are not read further
//     inputs -> clamps, plays, replayed spikes
//
//     Network network(comm, config, {.cells = {"emodels.json"}, .catalogues = {catalogue}});
//     auto simulation = network.builder().build(comm);
#pragma once

#include <mpi.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "solvers/neuron/engine/engine_builder.hpp"
#include "solvers/neuron/sonata/cell_library.hpp"
#include "solvers/neuron/sonata/compartment_sets.hpp"
#include "solvers/neuron/sonata/endfeet.hpp"
#include "solvers/neuron/sonata/nodes_of_simulation.hpp"
#include "solvers/neuron/sonata/simulation_config.hpp"

namespace ngv::neuron {

struct NetworkOptions {
    std::vector<std::filesystem::path> cells =
        {};  ///< files of cell descriptions, searched before the circuit's folders
    std::vector<const ngv_catalogue*> catalogues = {};  ///< mechanisms
    SimulationOptions engine = {};                      ///< arithmetic, constants; dt and the like come from the config
};

/// A synapse or clamp of this rank's cells, for reports.
struct PlacedPoint {
    PlacedPoint(Point at, const char* name, int of_cell, std::int64_t number)
        : point(at), node(of_cell), mechanism(name), id(number) {}
    Point point;  ///< index -1: a current clamp
    int node;
    const char* mechanism;  ///< a name that stays: of an ngv_mechanism, or a literal
    std::int64_t id;        ///< SONATA edge: index among the edges of its target; clamp: index of its waveform
};

struct LocalCell {
    const SimulatedPopulation* population;
    std::int64_t node_id, gid;
    CellType type;
    Point self = {};  ///< the artificial cell, for point cells
    std::vector<PlacedPoint> points = {};
};

/// Spikes that replace or join those of a population: input module synapse_replay, and Allen's spike files.
struct Replay {
    const SimulatedPopulation* source;
    std::map<std::int64_t, std::vector<double>> times = {};                        ///< by node id, ms
    std::map<const SimulatedPopulation*, std::vector<std::int64_t>> targets = {};  ///< of the node set; empty: all
    bool reaches(const SimulatedPopulation* population, std::int64_t node_id) const;
};

class Network {
  public:
    /// Collective. UserErrors name file and line.
    Network(MPI_Comm comm, const SimulationConfig& config, const NetworkOptions& options);

    EngineBuilder& builder() { return builder_; }
    const SimulationConfig& config() const { return config_; }
    const SimulationNodes& nodes() const { return nodes_; }
    const CircuitConfig& circuit() const { return circuit_; }
    CellLibrary& library() { return library_; }
    const std::map<std::string, CompartmentSet>& compartment_sets() const { return compartment_sets_; }

    /// Cells of this rank by gid.
    std::map<std::int64_t, LocalCell>& cells() { return cells_; }
    const Blueprint& blueprint(std::int64_t gid) const { return builder_.blueprint(gid); }
    /// Endfeet of this rank's astrocytes, by gid.
    const std::map<std::int64_t, std::vector<Endfoot>>& endfeet() const { return endfeet_; }
    /// Waveforms of current clamps, as PlacedPoint::id counts them.
    const std::vector<Waveform>& clamps() const { return clamps_; }

    /// Node of a place of a cell: the compartment int(nseg x), as NEURON counts. -1 if the section has no compartments (it was
    /// replaced); UserError at `where` for a section that the morphology does not have.
    int node_at(const LocalCell& cell, std::int64_t section, double x, const std::string& where) const;
    /// A column of the cell's node, read once for all cells of this rank; `fallback` where the node has no value.
    double node_value(const LocalCell& cell, const std::string& column, double fallback);
    /// soma(0.5)
    int soma(const LocalCell& cell) const;
    std::vector<Waveform>& clamps() { return clamps_; }
    std::int64_t num_compartments() const { return num_compartments_; }
    /// The shapes of cells, when the engine is built and reports know their places.
    void forget_shapes() {
        library_.forget();
        modified_.clear();
    }

  private:
    /// Which cells are this rank's (distribute.cpp).
    void distribute(MPI_Comm comm, const std::vector<const ngv_catalogue*>& catalogues,
                    const std::vector<Replay>& replays);
    void make_cells();
    void set_function_tables(const std::vector<CellType>& types);
    std::shared_ptr<const Blueprint> modified(const LocalCell& cell, std::shared_ptr<const Blueprint> blueprint);

    SimulationConfig config_;
    CircuitConfig circuit_;
    SimulationNodes nodes_;
    CellLibrary library_;
    EngineBuilder builder_;
    std::map<std::string, CompartmentSet> compartment_sets_;
    std::map<std::int64_t, LocalCell> cells_;
    std::map<std::int64_t, std::vector<Endfoot>> endfeet_;
    std::vector<Waveform> clamps_;
    std::map<std::pair<const Blueprint*, std::vector<char>>, std::shared_ptr<const Blueprint>> modified_;
    std::map<std::pair<const Modification*, const SimulatedPopulation*>, std::optional<std::vector<std::int64_t>>>
        modified_nodes_;
    std::map<std::pair<const SimulatedPopulation*, std::string>, std::vector<double>> node_values_;
    std::int64_t num_compartments_ = 0;
};

/// All replays of the config's inputs. UserError if a file has no spikes of any population.
std::vector<Replay> read_replays(const Network& network);

/// Edges of the local cells become point processes and connections.
void wire_edges(Network& network, const std::vector<Replay>& replays);

/// Currents, conductances, voltage clamps of the config's inputs. Spikes come with wire_edges().
void apply_inputs(Network& network);

/// neurodamus' number of a population in its seeds: twelve bits of the MD5 of its name.
std::uint32_t population_hash(const std::string& name);

}  // namespace ngv::neuron
