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

// scop_random and its kin draw from one stream of the whole process in NEURON, so that numbers depend on the order of all draws. Here
// every instance has a stream of its own (OwnDraws), and results do not depend on ranks; with NEURON's arithmetic it is NEURON's one.

/// State of NEURON's generator; one for all mechanisms of a catalogue.
inline std::uint32_t scop_state = 1;

/// NEURON's generator (linear congruential, modulo 2^32), as it is unless use_mcell_ran4(1) was called.
struct NeuronDraws {
    double operator()() const {
        scop_state = 2147437301u * scop_state + 453816981u;
        return static_cast<double>(scop_state) / 4294967295.0;
    }
    void seed(double x) const { scop_state = static_cast<std::uint32_t>(static_cast<std::int64_t>(x)); }
};
struct OwnDraws {
    const Instance& q;
    std::uint32_t* stream;
    double operator()() const { return random_uniform(q, stream); }
    /// The third number of the stream's name; it starts anew.
    void seed(double x) const {
        stream[2] = static_cast<std::uint32_t>(static_cast<std::int64_t>(x));
        stream[3] = stream[4] = 0;
    }
};
template <class Draws>
double scop_random(const Draws& draw) {
    return draw();
}
template <class Draws>
double set_seed(const Draws& draw, double x) {
    draw.seed(x);
    return 0;
}
template <class Draws>
double exprand(const Draws& draw, double mean) {
    return -mean * std::log(draw());
}
template <class Draws>
double normrand(const Draws& draw, double mean, double deviation) {
    double x = 0, w = 1;
    while (w >= 1) {
        x = 2 * draw() - 1;
        const double y = 2 * draw() - 1;
        w = x * x + y * y;
    }
    return x * std::sqrt(-2 * std::log(w) / w) * deviation + mean;
}
template <class Draws>
double poisrand(const Draws& draw, double mean) {
    const double end = std::exp(-mean);
    int n = 0;
    for (double q = 1; q >= end; ++n) q *= draw();
    return n - 1;
}

}  // namespace ngv::nmodl::runtime
