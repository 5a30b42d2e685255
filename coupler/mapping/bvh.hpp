// A tree of boxes over a rank's tetrahedra (or any boxed things), as one flat array, for "which of them may touch
// this?".
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "coupler/mapping/box.hpp"

namespace ngv::mapping {

class Bvh {
  public:
    explicit Bvh(std::span<const Box> boxes);

    /// Calls visit(k) for boxes order()[k] whose leaf the test touches: every box that touches, and some that do not.
    template <class Visit>
    void for_each(const BoxTest& test, Visit visit) const {
        if (nodes_.empty()) return;
        std::int32_t stack[64];
        int depth = 0;
        stack[depth++] = 0;
        while (depth > 0) {
            const Node& node = nodes_[stack[--depth]];
            if (!test.touches(node.box())) continue;
            if (node.count > 0) {
                for (std::int32_t k = 0; k < node.count; ++k) visit(node.first + k);
                continue;
            }
            stack[depth++] = node.first;  // the second child
            stack[depth++] = static_cast<std::int32_t>(&node - nodes_.data()) + 1;
        }
    }

    /// Calls visit(k) for every box order()[k] whose squared distance from `p` is at most bound(), which may shrink on
    /// the way, nearer branches first; and for some that are farther.
    template <class Bound, class Visit>
    void for_each_within(const Point& p, Bound bound, Visit visit) const {
        if (nodes_.empty()) return;
        std::int32_t stack[64];
        int depth = 0;
        stack[depth++] = 0;
        while (depth > 0) {
            const auto at = stack[--depth];
            const Node& node = nodes_[at];
            if (squared_distance(p, node.box()) > bound()) continue;
            if (node.count > 0) {
                for (std::int32_t k = 0; k < node.count; ++k) visit(node.first + k);
                continue;
            }
            const bool first_nearer =
                squared_distance(p, nodes_[at + 1].box()) <= squared_distance(p, nodes_[node.first].box());
            stack[depth++] = first_nearer ? node.first : at + 1;
            stack[depth++] = first_nearer ? at + 1 : node.first;
        }
    }

    /// At most 2^levels boxes that together contain everything.
    std::vector<Box> outline(int levels) const;

    /// Items in the order of the leaves.
    const std::vector<std::int32_t>& order() const { return order_; }

  private:
    // Half a cache line: rounded outwards to 32 bits.
    struct Node {
        float low[3], high[3];
        std::int32_t first;  // leaf: first item in order_; else the second child (the first one follows this node)
        std::int32_t count;  // items of a leaf, 0 for an inner node
        Box box() const { return {{low[0], low[1], low[2]}, {high[0], high[1], high[2]}}; }
    };
    void split(std::span<const Box> boxes, std::int32_t first, std::int32_t last);

    std::vector<Node> nodes_;
    std::vector<std::int32_t> order_;
};

}  // namespace ngv::mapping
