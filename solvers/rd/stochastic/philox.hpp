// Philox4x32-10 (Salmon et al., SC11), written so that a loop over many counters becomes SIMD.
//
// A counter says what the numbers are for; the key, whose run it is. Nothing else decides them, so a trajectory does not
// depend on who computes which element, or in which order:
//
//     word 0   id, low 32 bits                          of a tetrahedron (a triangle: 4 tetrahedron + face)
//     word 1   id >> 32 (8 bits) | tag (16) | step >> 32 (8)      tag: a species, or the purpose of the draw
//     word 2   step, low 32 bits                        of diffusion; or the number of the element's event
//     word 3   sub-step (16) | draw (16)
#pragma once

#include <array>
#include <cstdint>

#include "ngv/error.hpp"

namespace ngv::rd {

struct Key {
    std::uint32_t low = 0, high = 0;
};

/// The key of a run; `purpose` keeps diffusion, reactions and the start apart.
constexpr Key key_of(std::uint64_t seed, std::uint64_t purpose) {
    std::uint64_t z = seed + 0x9E3779B97F4A7C15ull * (purpose + 1);  // SplitMix64's finaliser
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    z ^= z >> 31;
    return {static_cast<std::uint32_t>(z), static_cast<std::uint32_t>(z >> 32)};
}

/// 128 random bits of one counter.
inline std::array<std::uint64_t, 2> philox(std::uint64_t c0, std::uint64_t c1, std::uint64_t c2, std::uint64_t c3,
                                           Key key) {
    // Words live in 64-bit lanes, because that is what the 32 x 32 -> 64 bit multiplication of SIMD works on.
    constexpr std::uint64_t m0 = 0xD2511F53u, m1 = 0xCD9E8D57u, mask = 0xFFFFFFFFu;
    std::uint64_t k0 = key.low, k1 = key.high;
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t p0 = m0 * c0, p1 = m1 * c2;
        c0 = (p1 >> 32) ^ c1 ^ k0;
        c1 = p1 & mask;
        c2 = (p0 >> 32) ^ c3 ^ k1;
        c3 = p0 & mask;
        k0 = (k0 + 0x9E3779B9u) & mask;
        k1 = (k1 + 0xBB67AE85u) & mask;
    }
    return {c0 | c1 << 32, c2 | c3 << 32};
}

/// In (0, 1): 52 bits, never 0 or 1.
inline double to_unit(std::uint64_t bits) {
    return (static_cast<double>(bits >> 12) + 0.5) * 0x1p-52;
}

/// An id as words 0 and 1 of a counter hold it.
struct CounterId {
    std::uint32_t low = 0, high = 0;
    CounterId() = default;
    explicit CounterId(std::int64_t id) : low(static_cast<std::uint32_t>(id)) {
        NGV_ASSERT(id >= 0 && id < (std::int64_t{1} << 40));
        high = static_cast<std::uint32_t>(id >> 32) << 24;
    }
};

}  // namespace ngv::rd
