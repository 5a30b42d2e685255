// Philox4x32-10 (Salmon et al., SC11). eight.hpp has it for eight counters at once.
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

/// The ten rounds, for a word of 64 bits or several at once. product(a, b): of the words' low halves, 32 x 32 -> 64 bits.
template <class Word, class Product>
std::array<Word, 2> philox_rounds(Word c0, Word c1, Word c2, Word c3, Key key, const Product& product) {
    const Word m0 = Word{} + 0xD2511F53u, m1 = Word{} + 0xCD9E8D57u, low = Word{} + 0xFFFFFFFFu;
    for (int round = 0; round < 10; ++round) {
        const Word p0 = product(m0, c0), p1 = product(m1, c2);
        c0 = (p1 >> 32) ^ c1 ^ std::uint64_t{key.low};
        c1 = p1;
        c2 = (p0 >> 32) ^ c3 ^ std::uint64_t{key.high};
        c3 = p0;
        key.low += 0x9E3779B9u;
        key.high += 0xBB67AE85u;
    }
    return {(c0 & low) | c1 << 32, (c2 & low) | c3 << 32};
}

/// 128 random bits of one counter.
inline std::array<std::uint64_t, 2> philox(std::uint64_t c0, std::uint64_t c1, std::uint64_t c2, std::uint64_t c3,
                                           Key key) {
    return philox_rounds(c0, c1, c2, c3, key,
                         [](std::uint64_t a, std::uint64_t b) { return (a & 0xFFFFFFFFu) * (b & 0xFFFFFFFFu); });
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
    std::uint64_t words() const { return low | std::uint64_t{high} << 32; }
};

}  // namespace ngv::rd
