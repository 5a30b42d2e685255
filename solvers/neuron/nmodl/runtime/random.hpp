// Random123 as NEURON uses it: Philox4x32-10 (Salmon et al. 2011), counter {sequence, id3, id1, id2}, key {global index, 0};
// four outputs a counter, used in order.
#pragma once

#include <cmath>
#include <cstdint>

#include "solvers/neuron/nmodl/runtime/instance.hpp"

namespace ngv::nmodl::runtime {

/// A stream: id1, id2, id3, sequence, which of the four outputs is next.
[[maybe_unused]] static std::uint32_t random_ipick(const Instance& q, std::uint32_t* s) {
    std::uint32_t c[4] = {s[3], s[2], s[0], s[1]}, k[2] = {q.run->random_key, 0};
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t a = 0xD2511F53ull * c[0], b = 0xCD9E8D57ull * c[2];
        const std::uint32_t next[4] = {static_cast<std::uint32_t>(b >> 32) ^ c[1] ^ k[0], static_cast<std::uint32_t>(b),
                                       static_cast<std::uint32_t>(a >> 32) ^ c[3] ^ k[1],
                                       static_cast<std::uint32_t>(a)};
        for (int i = 0; i < 4; ++i) c[i] = next[i];
        k[0] += 0x9E3779B9u;
        k[1] += 0xBB67AE85u;
    }
    const auto value = c[s[4] & 3];
    if (++s[4] == 4) {
        s[4] = 0;
        ++s[3];
    }
    return value;
}
/// In (0, 1).
[[maybe_unused]] static double random_uniform(const Instance& q, std::uint32_t* s) {
    return (static_cast<double>(random_ipick(q, s)) + 1.0) / 4294967297.0;
}
[[maybe_unused]] static double random_negexp(const Instance& q, std::uint32_t* s) {
    return -std::log(random_uniform(q, s));
}
/// Polar method; the second number of a pair is not kept.
[[maybe_unused]] static double random_normal(const Instance& q, std::uint32_t* s) {
    double x, y, w;
    do {
        x = 2 * random_uniform(q, s) - 1;
        y = 2 * random_uniform(q, s) - 1;
        w = x * x + y * y;
    } while (w > 1);
    return x * std::sqrt(-2 * std::log(w) / w);
}
[[maybe_unused]] static double random_setseq(std::uint32_t* s, double sequence) {
    s[3] = static_cast<std::uint32_t>(static_cast<std::int64_t>(sequence / 4));
    s[4] = static_cast<std::uint32_t>(std::fmod(sequence, 4));
    return 0;
}
[[maybe_unused]] static double random_setids(std::uint32_t* s, double id1, double id2, double id3) {
    s[0] = static_cast<std::uint32_t>(static_cast<std::int64_t>(id1));
    s[1] = static_cast<std::uint32_t>(static_cast<std::int64_t>(id2));
    s[2] = static_cast<std::uint32_t>(static_cast<std::int64_t>(id3));
    s[3] = s[4] = 0;
    return 0;
}

}  // namespace ngv::nmodl::runtime
