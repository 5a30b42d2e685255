// Which cell goes into which lane of which group, and on which row each of its nodes stands.
//
// Cells that are alike share a group. Nodes of one kind (soma, axon, dendrite: what carries the same mechanisms) get the same rows in
// all lanes, by padding, so that kernels run over full rows. A cell's own order of nodes depends on the cell alone: its sums come out
// the same whoever its neighbours are.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "solvers/neuron/engine/group.hpp"
#include "solvers/neuron/model/blueprint.hpp"

namespace ngv::neuron {

struct LayoutCell {
    std::int64_t gid;
    const Blueprint* blueprint;
};

struct GroupLayout {
    std::vector<int> cells;  ///< numbers of the cells, one a lane; one only if wide
    bool wide = false;
    int rows = 0;
    std::vector<std::vector<std::int32_t>>
        place;  ///< node of the group of each node of each cell; empty: 8 node + lane
};

struct LayoutOptions {
    bool keep_order = false;  ///< nodes in the order of the blueprint, whatever it costs
    int wide_nodes = 4000;
};

std::vector<GroupLayout> make_layout(const std::vector<LayoutCell>& cells, const LayoutOptions& options);

/// Cable constants, parents and areas of a group.
void build_cable(Group& group, const GroupLayout& layout, const std::vector<LayoutCell>& cells, double dt,
                 int second_order);

}  // namespace ngv::neuron
