// Global ids of cells and of their segments.
//
//   63        52 51                              20 19              0
//   | population |            node id              |   compartment   |
//
// A cell's id is the id of the start of its block of segments, so that both name the same thing at every rank count.
#pragma once

#include <cstdint>

#include "ngv/error.hpp"

namespace ngv {

/// `population_index` is the place of the population among the circuit's node populations sorted by name.
inline std::int64_t cell_id(std::int64_t population_index, std::int64_t node_id) {
    NGV_ASSERT(population_index >= 0 && population_index < (1LL << 11));
    NGV_ASSERT(node_id >= 0 && node_id < (1LL << 32));
    return (population_index << 52) | (node_id << 20);
}

/// `compartment` counts a cell's compartments in section order.
inline std::int64_t segment_id(std::int64_t cell, std::int64_t compartment) {
    NGV_ASSERT(compartment >= 0 && compartment < (1LL << 20));
    return cell | compartment;
}
inline std::int64_t segment_id(std::int64_t population_index, std::int64_t node_id, std::int64_t compartment) {
    return segment_id(cell_id(population_index, node_id), compartment);
}

constexpr std::int64_t population_of(std::int64_t id) {
    return id >> 52;
}
constexpr std::int64_t node_of(std::int64_t id) {
    return (id >> 20) & ((1LL << 32) - 1);
}
constexpr std::int64_t compartment_of(std::int64_t id) {
    return id & ((1LL << 20) - 1);
}
constexpr std::int64_t cell_of(std::int64_t segment) {
    return segment & ~((1LL << 20) - 1);
}

}  // namespace ngv
