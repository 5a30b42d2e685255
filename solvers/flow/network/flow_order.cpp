#include "solvers/flow/network/flow_order.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ngv::flow {

FlowOrder::FlowOrder(const Sections::Network& network) : net_(network) {
    offset_.assign(net_.node_id.size() + 1, 0);
    for (const auto& ends : net_.ends)
        for (const auto n : ends) ++offset_[n + 1];
    std::partial_sum(offset_.begin(), offset_.end(), offset_.begin());
    end_.resize(offset_.back());
    auto next = offset_;
    for (std::size_t s = 0; s < net_.ends.size(); ++s)
        for (int side = 0; side < 2; ++side) end_[next[net_.ends[s][side]]++] = static_cast<std::int32_t>(2 * s + side);
    for (std::size_t n = 0; n < net_.node_id.size(); ++n)
        std::sort(end_.begin() + offset_[n], end_.begin() + offset_[n + 1], [&](std::int32_t a, std::int32_t b) {
            const auto x = net_.vessel[a / 2][a % 2], y = net_.vessel[b / 2][b % 2];
            return x != y ? x < y : a < b;
        });
    leaving_.resize(2 * net_.ends.size());
}

void FlowOrder::update(std::span<const std::array<double, 2>> flow, double threshold) {
    bool turned = nodes_.empty();
    const auto sign = [](double q) { return (q > 0) - (q < 0); };
    missing_.assign(net_.node_id.size(), 0);
    for (std::size_t s = 0; s < flow.size(); ++s) {
        const std::array<double, 2> before{leaving_[2 * s], leaving_[2 * s + 1]};
        leaving_[2 * s] = std::abs(flow[s][0]) > threshold ? flow[s][0] : 0.0;
        leaving_[2 * s + 1] = std::abs(flow[s][1]) > threshold ? -flow[s][1] : 0.0;
        if (net_.ends[s][0] == net_.ends[s][1]) leaving_[2 * s] = leaving_[2 * s + 1] = 0.0;
        turned |= sign(before[0]) != sign(leaving_[2 * s]) || sign(before[1]) != sign(leaving_[2 * s + 1]);
        for (int side = 0; side < 2; ++side)
            if (leaving_[2 * s + side] < 0 && leaving_[2 * s + 1 - side] > 0) ++missing_[net_.ends[s][side]];
    }
    if (!turned) return;  // the order depends on the directions alone
    nodes_.clear();
    const auto count = static_cast<std::int32_t>(net_.node_id.size());
    for (std::int32_t n = 0; n < count; ++n)
        if (missing_[n] == 0) nodes_.push_back(n);
    std::int32_t stuck = 0;
    for (std::size_t at = 0;; ++at) {
        if (at == nodes_.size()) {
            // Rounding can close a circle among flows of next to nothing: it opens at its lowest junction.
            while (stuck < count && missing_[stuck] <= 0) ++stuck;
            if (stuck == count) break;
            missing_[stuck] = 0;
            nodes_.push_back(stuck);
        }
        for (const auto e : ends(nodes_[at])) {
            const auto other = net_.ends[e / 2][1 - e % 2];
            if (leaving_[e] > 0 && leaving_[e ^ 1] < 0 && --missing_[other] == 0) nodes_.push_back(other);
        }
    }
}

}  // namespace ngv::flow
