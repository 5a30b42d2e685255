// Where a cell stands in the tissue: its morphology is turned, then moved (SONATA: translate(x,y,z) *
// rotate(orientation)).
//
//     auto placements = ngv::read_placements(cells, my_ids);
//     auto world = placements[i].apply({px, py, pz});
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "solvers/common/nodes.hpp"

namespace ngv {

struct Placement {
    std::array<double, 3> position = {0, 0, 0};        ///< um
    std::array<double, 4> orientation = {1, 0, 0, 0};  ///< quaternion w x y z; any length but 0

    std::array<double, 3> apply(const std::array<double, 3>& local) const;

    /// SONATA's rotation angles in rad: about x first, then y, then z.
    static std::array<double, 4> from_angles(double x, double y, double z);
};

/// Reads x y z and orientation_w/x/y/z or rotation_angle_{x,y,z}axis; what the file does not have is zero (no turn).
std::vector<Placement> read_placements(const NodePopulation& nodes, std::span<const std::int64_t> node_ids);

}  // namespace ngv
