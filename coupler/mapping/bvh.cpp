#include "coupler/mapping/bvh.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "ngv/error.hpp"

namespace ngv::mapping {

namespace {

constexpr std::int32_t leaf_size = 4;

float below(double v) {
    const auto f = static_cast<float>(v);
    return f > v ? std::nextafter(f, -HUGE_VALF) : f;
}
float above(double v) {
    const auto f = static_cast<float>(v);
    return f < v ? std::nextafter(f, HUGE_VALF) : f;
}

double middle(const Box& b, int axis) {
    return axis == 0 ? b.low.x + b.high.x : axis == 1 ? b.low.y + b.high.y : b.low.z + b.high.z;
}

}  // namespace

Bvh::Bvh(std::span<const Box> boxes) : order_(boxes.size()) {
    NGV_ASSERT(boxes.size() < std::size_t{std::numeric_limits<std::int32_t>::max()});
    std::iota(order_.begin(), order_.end(), 0);
    nodes_.reserve(boxes.size());
    if (!boxes.empty()) split(boxes, 0, static_cast<std::int32_t>(boxes.size()));
}

// Halves at the median of the centres, along the longest axis of the box of the centres: balanced, so never deeper
// than 31.
void Bvh::split(std::span<const Box> boxes, std::int32_t first, std::int32_t last) {
    Box box, centres;
    for (auto i = first; i < last; ++i) {
        const Box& b = boxes[order_[i]];
        box.add(b);
        centres.add(Point{middle(b, 0), middle(b, 1), middle(b, 2)});
    }
    const auto self = nodes_.size();
    nodes_.push_back({{below(box.low.x), below(box.low.y), below(box.low.z)},
                      {above(box.high.x), above(box.high.y), above(box.high.z)},
                      first,
                      last - first});
    if (last - first <= leaf_size) return;

    const double width[3] = {centres.high.x - centres.low.x, centres.high.y - centres.low.y,
                             centres.high.z - centres.low.z};
    const int axis = static_cast<int>(std::max_element(width, width + 3) - width);
    const auto half = first + (last - first) / 2;
    std::nth_element(order_.begin() + first, order_.begin() + half, order_.begin() + last,
                     [&](std::int32_t a, std::int32_t b) { return middle(boxes[a], axis) < middle(boxes[b], axis); });
    nodes_[self].count = 0;
    split(boxes, first, half);
    nodes_[self].first = static_cast<std::int32_t>(nodes_.size());
    split(boxes, half, last);
}

std::vector<Box> Bvh::outline(int levels) const {
    std::vector<Box> boxes;
    std::vector<std::pair<std::int32_t, int>> open;
    if (!nodes_.empty()) open.emplace_back(0, levels);
    while (!open.empty()) {
        const auto [at, left] = open.back();
        open.pop_back();
        const Node& node = nodes_[at];
        if (left == 0 || node.count > 0) {
            boxes.push_back(node.box());
            continue;
        }
        open.emplace_back(node.first, left - 1);
        open.emplace_back(at + 1, left - 1);
    }
    return boxes;
}

}  // namespace ngv::mapping
