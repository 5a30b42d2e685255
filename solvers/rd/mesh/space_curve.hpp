// The order of tetrahedra along a Morton curve through their bounding box.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

namespace ngv::rd {

/// Indices 0..n-1 of tetrahedra with `corners` (12 doubles each) along the curve; ties keep their order.
inline std::vector<std::int32_t> order_along_curve(const std::vector<double>& corners, std::int32_t n) {
    double low[3], high[3];
    std::fill(std::begin(low), std::end(low), std::numeric_limits<double>::max());
    std::fill(std::begin(high), std::end(high), -std::numeric_limits<double>::max());
    const auto centre = [&](std::int32_t i, int d) {
        const double* c = &corners[12 * static_cast<std::size_t>(i) + d];
        return 0.25 * (c[0] + c[3] + c[6] + c[9]);
    };
    for (std::int32_t i = 0; i < n; ++i)
        for (int d = 0; d < 3; ++d) {
            low[d] = std::min(low[d], centre(i, d));
            high[d] = std::max(high[d], centre(i, d));
        }
    const auto spread = [](std::uint64_t x) {  // every third bit
        x = (x | x << 32) & 0x1f00000000ffffull;
        x = (x | x << 16) & 0x1f0000ff0000ffull;
        x = (x | x << 8) & 0x100f00f00f00f00full;
        x = (x | x << 4) & 0x10c30c30c30c30c3ull;
        return (x | x << 2) & 0x1249249249249249ull;
    };
    std::vector<std::uint64_t> code(static_cast<std::size_t>(n), 0);
    for (std::int32_t i = 0; i < n; ++i)
        for (int d = 0; d < 3; ++d) {
            const double width = high[d] - low[d];
            const double part = width > 0 ? (centre(i, d) - low[d]) / width : 0.0;
            code[i] |= spread(static_cast<std::uint64_t>(part * 2097151.0)) << d;
        }
    std::vector<std::int32_t> order(static_cast<std::size_t>(n));
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return code[a] < code[b]; });
    return order;
}

}  // namespace ngv::rd
