// Eight cells side by side: the unit of all batched arithmetic.
//
// In memory; solvers/common/native/simd.hpp computes with it. Every operation acts on each lane by itself, so a cell's
// result has the same bits in any lane, beside any neighbours, on any instruction set.
#pragma once

#include <array>
#include <cstddef>

namespace ngv::model {

inline constexpr std::size_t lane_width = 8;

/// One number of eight cells.
struct alignas(64) Lanes {
    std::array<double, lane_width> v;
    double& operator[](std::size_t lane) { return v[lane]; }
    const double& operator[](std::size_t lane) const { return v[lane]; }

    static Lanes all(double value) {
        Lanes x;
        x.v.fill(value);
        return x;
    }
};

}  // namespace ngv::model
