// Vessels in the order in which they follow one another: a chain runs from one branching, end or shared junction to the
// next.
//
//     o--3--.--7--.--1--o      order 3 7 1, directions +1 +1 -1 if vessel 1 points the other way
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace ngv::flow {

struct Chains {
    std::vector<std::int32_t> order;     ///< [vessels] their places, chain after chain
    std::vector<std::int32_t> offset;    ///< [chains + 1] into order
    std::vector<std::int8_t> direction;  ///< [vessels] in that order: +1 if the vessel points along its chain
};

/// `through`: junctions that join exactly two vessels and may lie inside a chain. A closed ring of them is one chain.
Chains find_chains(std::span<const std::array<std::int32_t, 2>> ends, std::span<const std::uint8_t> through);

}  // namespace ngv::flow
