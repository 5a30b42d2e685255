// What an EngineBuilder has been told, before it becomes a Simulation.
#pragma once

#include <set>
#include <unordered_map>
#include <unordered_set>

#include "solvers/neuron/engine/connection_table.hpp"
#include "solvers/neuron/engine/engine_builder.hpp"

namespace ngv::neuron {

struct EngineBuilder::Impl {
    SimulationOptions options;
    std::vector<const ngv_mechanism*> mechanisms;
    std::unordered_map<std::string, int> mechanism_number;
    std::vector<std::vector<double>> globals;

    struct Override {
        int node;
        std::string variable;
        double value;
    };
    struct Cell {
        std::int64_t gid;
        std::shared_ptr<const Blueprint> blueprint;
        std::vector<Override> overrides;
    };
    std::vector<Cell> cells;
    std::unordered_map<std::int64_t, int> cell_of_gid;

    struct PointSpec {
        std::int64_t gid;
        std::int32_t node;  ///< -1: artificial cell
        std::int32_t mechanism;
        std::int64_t first_value;  ///< its values are [first_value, next point's)
    };
    std::vector<PointSpec> points;
    std::vector<std::int16_t> value_column;
    std::vector<double> value;

    struct RandomIds {
        std::int64_t gid;  ///< of a density mechanism's cell
        std::int32_t point, node;
        std::int16_t mechanism, slot;
        std::uint32_t ids[3];
    };
    std::vector<RandomIds> randoms;
    struct VectorArgument {
        int point, slot;
        std::vector<double> values;
    };
    std::vector<VectorArgument> vectors;
    struct PointerTarget {
        Point point;
        std::int64_t gid;
        int node, mechanism, slot;
        Probe target;
    };
    std::vector<PointerTarget> pointers;
    struct DetectorSpec {
        std::int64_t source;
        Probe probe;
        double threshold;
    };
    std::vector<DetectorSpec> detectors;
    std::vector<std::pair<std::int64_t, int>> net_event_sources;
    std::vector<std::pair<double, std::int64_t>> spikes;
    std::vector<SpikeGenerator> generators;
    std::unordered_set<std::int64_t> given_sources;  ///< of spikes and generators

    // one entry a connection
    std::vector<std::int64_t> source, order;
    std::vector<std::int32_t> target;
    std::vector<double> delay;
    ConnectionNumbers numbers;

    struct WeightChangeSpec {
        std::int64_t connection;
        double time, weight;
    };
    std::vector<WeightChangeSpec> weight_changes;

    struct ClampSpec {
        std::int64_t gid;
        int node, kind;
        Waveform wave;
        double rs, reversal, until;
    };
    std::vector<ClampSpec> clamps;
    struct PlaySpec {
        Probe target;
        Waveform wave;
    };
    std::vector<PlaySpec> plays;
    struct TransferSpec {
        Probe target;
        std::int64_t gid;
        int node;
    };
    std::vector<TransferSpec> transfers;
    std::vector<RecorderSpec> recorders;
    std::set<std::string> efflux;
    std::set<std::pair<int, int>> exposed;      ///< mechanism, column
    std::unordered_map<std::string, bool> own;  ///< ion -> follow

    const ngv_mechanism& find(const std::string& name, const std::string& where) const;
    bool has_node(std::int64_t gid, int node) const;
    void check_node(std::int64_t gid, int node, const std::string& where) const;
    Point add(std::int64_t gid, int node, const std::string& mechanism, const Values& values);
};

}  // namespace ngv::neuron
