#include "solvers/common/rng.hpp"

#include <Random123/philox.h>

#include <cmath>
#include <numbers>

#include "ngv/error.hpp"

namespace ngv {

namespace {

// SplitMix64's finaliser: spreads seed and purpose over the 64 bits of the key.
std::uint64_t mix(std::uint64_t z) {
    z += 0x9E3779B97F4A7C15ull;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

double to_unit(std::uint32_t low, std::uint32_t high) {
    const std::uint64_t mantissa = ((std::uint64_t{high} << 32) | low) >> 11;
    return (static_cast<double>(mantissa) + 0.5) * 0x1p-53;
}

}  // namespace

Random::Random(std::uint64_t seed, std::uint32_t purpose, std::int64_t id, std::int64_t step) : id_(id), step_(step) {
    NGV_ASSERT(step >= 0 && step < (1LL << 48));
    const std::uint64_t key = mix(mix(seed) ^ purpose);
    key_ = {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)};
}

std::array<std::uint32_t, 4> Random::bits(std::uint32_t draw) const {
    NGV_ASSERT(draw < (1u << 16));
    const auto id = static_cast<std::uint64_t>(id_);
    const auto step = static_cast<std::uint64_t>(step_);
    const r123::Philox4x32::ctr_type counter = {{static_cast<std::uint32_t>(step),
                                                 static_cast<std::uint32_t>(step >> 32) | (draw << 16),
                                                 static_cast<std::uint32_t>(id), static_cast<std::uint32_t>(id >> 32)}};
    const r123::Philox4x32::key_type key = {{key_[0], key_[1]}};
    const auto r = r123::Philox4x32()(counter, key);
    return {r[0], r[1], r[2], r[3]};
}

double Random::uniform(std::uint32_t draw) const {
    const auto b = bits(draw);
    return to_unit(b[0], b[1]);
}

double Random::uniform(double low, double high, std::uint32_t draw) const {
    return low + (high - low) * uniform(draw);
}

double Random::normal(std::uint32_t draw) const {
    const auto b = bits(draw);
    return std::sqrt(-2 * std::log(to_unit(b[0], b[1]))) * std::cos(2 * std::numbers::pi * to_unit(b[2], b[3]));
}

double Random::exponential(std::uint32_t draw) const {
    return -std::log(uniform(draw));
}

// Inversion: count terms of the cumulative distribution until they pass a uniform number. A mean too large for
// exp(-mean) is split into parts of at most 32: the sum of Poisson numbers is Poisson.
std::int64_t Random::poisson(double mean, std::uint32_t draw) const {
    NGV_ASSERT(mean >= 0 && std::isfinite(mean));
    std::int64_t total = 0;
    // The parts take their draws from the upper half, so that they do not meet the caller's other draws.
    for (std::uint32_t part = 0; mean > 0; ++part) {
        NGV_ASSERT(part < (1u << 15));
        const double m = std::min(mean, 32.0);
        mean -= m;
        const double u = part == 0 ? uniform(draw) : uniform((1u << 15) + ((draw * 257u + part) & 0x7FFFu));
        double term = std::exp(-m), sum = term;
        std::int64_t k = 0;
        while (u > sum && k < 400) {
            term *= m / static_cast<double>(++k);
            sum += term;
        }
        total += k;
    }
    return total;
}

std::int64_t Random::integer(std::int64_t n, std::uint32_t draw) const {
    NGV_ASSERT(n > 0);
    return std::min(static_cast<std::int64_t>(uniform(draw) * static_cast<double>(n)), n - 1);
}

}  // namespace ngv
