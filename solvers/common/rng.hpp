// Random numbers that do not depend on the number of ranks: each is a pure function of what it is for.
//
//     constexpr auto drive = ngv::purpose("poisson drive");
//     int n = ngv::Random(seed, drive, cell_id, step).poisson(rate * dt);
//
// Philox4x32-10 (Salmon et al., SC11) of Random123. Key: seed and purpose; counter: id, step and the number of the
// draw.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace ngv {

/// A number for the text of a purpose (FNV-1a); different purposes give independent streams.
constexpr std::uint32_t purpose(std::string_view text) {
    std::uint32_t h = 2166136261u;
    for (char c : text) h = (h ^ static_cast<unsigned char>(c)) * 16777619u;
    return h;
}

/// The random numbers of one (seed, purpose, id, step): no state, so asking twice gives the same. `draw` (< 2^15) tells
/// the numbers of one step apart.
class Random {
  public:
    /// `id`: any 64-bit global id; `step`: 0 <= step < 2^48.
    Random(std::uint64_t seed, std::uint32_t purpose, std::int64_t id, std::int64_t step = 0);

    std::array<std::uint32_t, 4> bits(std::uint32_t draw = 0) const;
    double uniform(std::uint32_t draw = 0) const;  ///< in (0, 1), 53 bits, never 0 or 1
    double uniform(double low, double high, std::uint32_t draw = 0) const;
    double normal(std::uint32_t draw = 0) const;                         ///< mean 0, variance 1 (Box-Muller)
    double exponential(std::uint32_t draw = 0) const;                    ///< mean 1
    std::int64_t poisson(double mean, std::uint32_t draw = 0) const;     ///< by inversion, exact for any mean >= 0
    std::int64_t integer(std::int64_t n, std::uint32_t draw = 0) const;  ///< in [0, n)

  private:
    std::array<std::uint32_t, 2> key_;
    std::int64_t id_, step_;
};

}  // namespace ngv
