// From lists of instances to the sets of a group: layout (aligned or gathered), padding, columns that all share.
#pragma once

#include <functional>

#include "solvers/neuron/engine/builder_impl.hpp"
#include "solvers/neuron/engine/simulation_impl.hpp"

namespace ngv::neuron {

/// One instance before it has a place in a set.
struct Instance {
    std::int32_t node;   ///< of the group; -1: artificial cell
    std::int32_t owner;  ///< for `values`: a number that means something to the caller
    std::int32_t index;  ///< likewise
};

struct SetPlan {
    const ngv_mechanism* mechanism;
    int number;  ///< of the mechanism
    bool density;
    std::vector<Instance> instances;  ///< sorted by node
    std::vector<char> wanted;         ///< [num_columns]: somebody outside the mechanism looks at it, or sets it
    /// Writes the values that differ from the default: value[instance] of `column`; `place[i]` is where instance i is.
    std::function<void(int column, std::span<const std::int64_t> place, std::vector<double>& values)> values;
};

/// The places of the instances go to `place`.
MechanismSet build_set(const SetPlan& plan, std::vector<std::int64_t>& place);

}  // namespace ngv::neuron
