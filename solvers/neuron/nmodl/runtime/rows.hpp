// Access to eight instances at once: a block of a set, in the two layouts of solvers/neuron/mechanisms/abi.h. With AVX2 a kernel computes
// four lanes at a time (simd.hpp: computed, passes): then a row is half a block.
#pragma once

#include "solvers/neuron/mechanisms/abi.h"
#include "solvers/neuron/nmodl/runtime/functions.hpp"

namespace ngv::nmodl::runtime {

template <bool aligned>
struct Row {
    std::int64_t block, lane, first;  ///< lane: first of the block that is computed; aligned: its node
    const std::int32_t* node;         ///< of the lanes
    M8 on;                            ///< lanes that count
    unsigned on_bits;

    /// Row i of passes a block.
    [[gnu::always_inline]] Row(const std::int32_t* nodes, const std::uint8_t* mask, std::int64_t i)
        : block(i / passes),
          lane(i % passes * computed),
          first(aligned ? nodes[8 * block] + lane : 0),
          node(nodes + 8 * block + lane),
          on_bits((mask ? mask[block] : 0xffu) >> lane & ((1u << computed) - 1)) {
        on = simd::mask(on_bits);
    }

    [[gnu::always_inline]] V8 column(const double* p, std::int64_t stride) const {
        return load(p + block * stride + lane);
    }
    [[gnu::always_inline]] void set_column(double* p, std::int64_t stride, V8 x) const {
        store(p + block * stride + lane, x);
    }
    /// Of a column that the kernel reads and writes: each instance has a value of its own (abi.h).
    [[gnu::always_inline]] V8 own(const double* p) const { return load(p + 8 * block + lane); }
    [[gnu::always_inline]] void set_own(double* p, V8 x) const { store(p + 8 * block + lane, x); }

    /// A value of each node.
    [[gnu::always_inline]] V8 at_node(const double* p) const {
        if constexpr (aligned)
            return load(p + first);
        else
            return simd::gather(p, node);
    }
    /// An ion's array: stride 1, or 0 where eight copies stand for all nodes.
    [[gnu::always_inline]] V8 ion(const double* p, std::int64_t stride) const {
        if constexpr (aligned)
            return load(p + first * stride);
        else
            return stride ? simd::gather(p, node) : load(p);
    }
    [[gnu::always_inline]] void set_ion(double* p, std::int64_t stride, V8 x) const {
        if constexpr (aligned) {
            store(p + first * stride, x, on);
        } else {
            alignas(64) double value[8];
            store(value, x);
            for (int l = 0; l < computed; ++l)
                if (on_bits >> l & 1) p[node[l] * stride] = value[l];
        }
    }
    /// Adds to a node's value; where instances share a node, one after the other.
    [[gnu::always_inline]] void add(double* p, std::int64_t stride, V8 x) const {
        if constexpr (aligned) {
            double* const at = p + first * stride;
            store(at, load(at) + select(on, x, broadcast(0)));
        } else {
            alignas(64) double value[8];
            store(value, x);
            for (int l = 0; l < computed; ++l)
                if (on_bits >> l & 1) p[node[l] * stride] += value[l];
        }
    }
    [[gnu::always_inline]] V8 pointer(double* const* p) const {
        alignas(64) double value[8];
        p += 8 * block + lane;
        for (int l = 0; l < computed; ++l) value[l] = p[l] ? *p[l] : 0;
        return load(value);
    }
};

/// The value of the last instance that counts; `last` is of the last row with one.
[[maybe_unused]] static void set_last(double* to, const ngv_set* set, V8 last) {
    alignas(64) double value[8];
    store(value, last);
    for (std::int64_t b = set->num_blocks; b-- > 0;) {
        const unsigned on = set->mask ? set->mask[b] : 0xffu;
        for (int l = 8; l-- > 0;)
            if (on >> l & 1) {
                *to = value[l % computed];
                return;
            }
    }
}

/// Where x lies in a table that begins with its first argument and its intervals per unit.
struct TablePlace {
    std::int32_t row[8];
    V8 part;  ///< 0 to 1, of the interval behind `row`
    M8 inside;
};
NGV_SIMD TablePlace table_place(const double* table, int intervals, int width, V8 x) {
    TablePlace place;
    const V8 at = (x - broadcast(table[0])) * broadcast(table[1]);
    const V8 last = broadcast(intervals);
    place.inside = (at > broadcast(0)) & (at < last);
    const V8 limited = simd::max(broadcast(0), simd::min(last, at));
    const V8 whole = simd::min(simd::floor(limited), broadcast(intervals - 1));
    place.part = limited - whole;
    alignas(64) double index[8];
    store(index, whole * broadcast(width));
    for (int l = 0; l < computed; ++l) place.row[l] = static_cast<std::int32_t>(index[l]);
    return place;
}
NGV_SIMD V8 table_value(const double* table, int width, int part, const TablePlace& p) {
    const V8 a = simd::gather(table + 2 + part, p.row), b = simd::gather(table + 2 + width + part, p.row);
    return a + p.part * (b - a);
}
NGV_SIMD V8 table_slope(const double* table, int width, int part, const TablePlace& p) {
    const V8 a = simd::gather(table + 2 + part, p.row), b = simd::gather(table + 2 + width + part, p.row);
    return select(p.inside, (b - a) * broadcast(table[1]), broadcast(0));
}

}  // namespace ngv::nmodl::runtime
