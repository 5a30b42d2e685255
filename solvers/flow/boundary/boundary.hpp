// Where blood enters and leaves: a pressure, a flow or a resistance at boundary junctions, by the type of their vessel or by their
// id.
//
//     BoundaryRules rules;
//     rules.by_type["arteriole"] = {Condition::pressure, 60 * pascal_per_mmHg};
//     rules.by_type["venule"] = {Condition::pressure, 10 * pascal_per_mmHg};
//     Boundary boundary(graph, rules);
//
// A leaf that no rule names is a closed end. A component without any condition is not solved: its flow is unknown, not
// zero.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "solvers/flow/network/graph.hpp"

namespace ngv::flow {

inline constexpr double pascal_per_mmHg = 133.322387415;  // conventional millimetre of mercury

enum class Condition : std::uint8_t {
    closed,
    pressure,
    flow,
    resistance,  ///< a pressure behind a resistance: the vessels beyond the end, in one number
    estimate,    ///< not known; see estimate.hpp
};

struct BoundaryValue {
    Condition condition = Condition::closed;
    double value = 0;        ///< Pa (pressure, resistance), or um3/s into the network
    double resistance = 0;   ///< Pa s/um3
    double per_depth = 0;    ///< added to value for each um of depth below the surface: Pa/um
    double hematocrit = -1;  ///< discharge hematocrit of what flows in; below 0: that of the blood
};

/// AstroVascPy's boundaries: blood flows in at the widest ends near one face of the largest component, and out at all
/// its other ends in proportion to their area, so the total flow is imposed.
struct EntryRule {
    int axis = 1;                ///< of the depth: 0 x, 1 y, 2 z; the face is where the coordinate is largest
    double depth = 0.05;         ///< of the network's extent along the axis, in which ends may be entries
    int count = 3;               ///< entries, the widest ones
    double speed = 35'000;       ///< um/s, mean speed of the blood that flows in
    double amplitude = 0;        ///< um/s, of a sine around it
    double frequency = 0;        ///< 1/s
    bool follow_radius = false;  ///< inflow through the vessel's area of the moment, not that of the end at rest
};

/// What unknown conditions are estimated from: see estimate.hpp.
struct EstimateTargets {
    double pressure = 31 * pascal_per_mmHg;  ///< Pa
    double wall_shear = 6.35;                ///< Pa
};

struct BoundaryRules {
    bool estimate = false;                         ///< ends that no rule names are estimated, not closed
    std::optional<EntryRule> entries;              ///< in place of all other rules
    int axis = 1;                                  ///< of the depth below the largest coordinate
    std::map<std::string, BoundaryValue> by_type;  ///< by vessel type or group; a type's own name goes before its group
    std::map<std::int64_t, BoundaryValue> by_junction;  ///< by junction id, leaf or not; goes before by_type
    double base_pressure = 10 * pascal_per_mmHg;        ///< Pa; least leaf pressure of a component that has only flows
    std::string where = "boundaries";                   ///< the place of the rules, for messages
};

class Boundary {
  public:
    /// Collective. UserError if a rule names an unknown type or junction, if no rule applies anywhere, or if the flows
    /// of a component without a pressure do not add up to zero (1e-9 of the inflow).
    Boundary(const Graph& graph, const BoundaryRules& rules);

    const BoundaryValue& at(std::size_t junction) const { return values_[junction]; }
    /// Other values for the conditions of the junctions of this rank: see Sections::update().
    void set_value(std::size_t junction, double value) { values_[junction].value = value; }
    void set_pressure(std::size_t junction, double pascal) {
        values_[junction].condition = Condition::pressure, values_[junction].value = pascal;
    }
    bool solved(std::size_t component) const { return solved_[component] != 0; }
    /// True if only flows are given: the pressure is known up to a constant, which base_pressure() fixes.
    bool floating(std::size_t component) const { return floating_[component] != 0; }
    double base_pressure() const { return base_pressure_; }

    struct Summary {
        std::int64_t pressures = 0,
                     flows = 0;          ///< junctions; a pressure behind a resistance and an estimate count as one
        std::int64_t closed_leaves = 0;  ///< in solved components
        std::int64_t solved_components = 0, unsolved_components = 0;
        std::int64_t solved_vessels = 0, unsolved_vessels = 0;
        double least_pressure = 0, largest_pressure = 0;  ///< Pa, of those given
        std::vector<std::string> lines() const;
    };
    const Summary& summary() const { return summary_; }  ///< over all ranks, the same on each

    /// With an EntryRule, of this rank: owned junctions that are entries or exits.
    struct Port {
        std::int32_t junction, vessel;
        double share;  ///< of the outflow; below 0: an entry
    };
    const std::vector<Port>& ports() const { return ports_; }

  private:
    void assign(const Graph& graph, const BoundaryRules& rules);
    void assign_entries(const Graph& graph, const EntryRule& rule, const std::string& where);
    void judge(const Graph& graph, const BoundaryRules& rules);

    double base_pressure_;
    std::vector<BoundaryValue> values_;
    std::vector<Port> ports_;
    std::vector<std::uint8_t> solved_, floating_;
    Summary summary_;
};

}  // namespace ngv::flow
