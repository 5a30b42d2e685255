// The junctions of the network of sections in the order in which blood passes them, so that what flows into a junction
// is known before what flows out of it. On the root rank.
//
//     order.update(section_flow, threshold);
//     for (auto node : order.nodes())
//         for (auto end : order.ends(node))
//             if (order.leaving(end) > 0) ...       // blood goes from the junction into this section
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "solvers/flow/network/sections.hpp"

namespace ngv::flow {

class FlowOrder {
  public:
    /// `network` must outlive it.
    explicit FlowOrder(const Sections::Network& network);

    /// Flow into each section at its start and out of it at its end, um3/s (NaN: not solved). Less than `threshold`
    /// counts as no flow.
    void update(std::span<const std::array<double, 2>> section_flow, double threshold);

    const std::vector<std::int32_t>& nodes() const { return nodes_; }
    /// The ends of sections at a node: 2 section + (0 start, 1 end), by the id of the vessel there.
    std::span<const std::int32_t> ends(std::int32_t node) const {
        return {&end_[offset_[node]], static_cast<std::size_t>(offset_[node + 1] - offset_[node])};
    }
    /// Flow from the junction into the section at this end, um3/s; 0 below the threshold or where unknown.
    double leaving(std::int32_t end) const { return leaving_[end]; }

  private:
    const Sections::Network& net_;
    std::vector<std::int32_t> offset_, end_, nodes_, missing_;
    std::vector<double> leaving_;
};

}  // namespace ngv::flow
