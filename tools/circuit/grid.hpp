// Points sorted into cubes, to find those near a place without looking at all.
//
//     Grid grid(points, box, 16.0);
//     grid.visit(p - r, p + r, [&](std::uint32_t i) { ... });     // every point of every cube that the box a-b touches
//
// Memory: 4 bytes a point and 4 bytes a cube.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tools/circuit/geometry.hpp"

namespace ngv::circuit {

class Grid {
  public:
    Grid() = default;

    /// `position(i)` for i < count; points outside `box` go to its outermost cubes.
    template <class Position>
    Grid(std::size_t count, Position position, const Box& box, double cube) : low_(box.low), cube_(cube) {
        const Vec3 size = box.size();
        nx_ = std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(size.x / cube)));
        ny_ = std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(size.y / cube)));
        nz_ = std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(size.z / cube)));
        offsets_.assign(static_cast<std::size_t>(nx_ * ny_ * nz_ + 1), 0);
        for (std::size_t i = 0; i < count; ++i) ++offsets_[cube_of(position(i)) + 1];
        for (std::size_t c = 1; c < offsets_.size(); ++c) offsets_[c] += offsets_[c - 1];
        members_.resize(count);
        std::vector<std::uint32_t> next(offsets_.begin(), offsets_.end() - 1);
        for (std::size_t i = 0; i < count; ++i) members_[next[cube_of(position(i))]++] = static_cast<std::uint32_t>(i);
    }

    template <class Visitor>
    void visit(Vec3 low, Vec3 high, Visitor visitor) const {
        if (offsets_.empty()) return;
        const std::int64_t x0 = place(low.x - low_.x, nx_), x1 = place(high.x - low_.x, nx_);
        const std::int64_t y0 = place(low.y - low_.y, ny_), y1 = place(high.y - low_.y, ny_);
        const std::int64_t z0 = place(low.z - low_.z, nz_), z1 = place(high.z - low_.z, nz_);
        for (std::int64_t z = z0; z <= z1; ++z)
            for (std::int64_t y = y0; y <= y1; ++y) {
                const auto row = static_cast<std::size_t>((z * ny_ + y) * nx_);
                const std::uint32_t end = offsets_[row + static_cast<std::size_t>(x1) + 1];
                for (std::uint32_t m = offsets_[row + static_cast<std::size_t>(x0)]; m < end; ++m) visitor(members_[m]);
            }
    }

  private:
    std::int64_t place(double offset, std::int64_t n) const {
        return std::clamp<std::int64_t>(static_cast<std::int64_t>(std::floor(offset / cube_)), 0, n - 1);
    }
    std::size_t cube_of(Vec3 p) const {
        return static_cast<std::size_t>((place(p.z - low_.z, nz_) * ny_ + place(p.y - low_.y, ny_)) * nx_ +
                                        place(p.x - low_.x, nx_));
    }

    Vec3 low_;
    double cube_ = 1;
    std::int64_t nx_ = 0, ny_ = 0, nz_ = 0;
    std::vector<std::uint32_t> offsets_, members_;
};

}  // namespace ngv::circuit
