// Random numbers of one element for one purpose, drawn one after the other.
//
//     Draws draws(key, CounterId(tet), species, step, sub_step);
//     draws.binomial(1000, 0.3)
#pragma once

#include <cstdint>

#include "solvers/rd/stochastic/philox.hpp"

namespace ngv::rd {

class Draws {
  public:
    Draws(Key key, CounterId id, std::uint32_t tag, std::int64_t step, std::uint32_t sub_step = 0,
          std::uint32_t first_draw = 0)
        : key_(key),
          c0_(id.low),
          c1_(id.high | tag << 8 | static_cast<std::uint32_t>(step >> 32)),
          c2_(static_cast<std::uint32_t>(step)),
          c3_(sub_step << 16),
          draw_(first_draw) {}

    std::uint64_t bits() {
        if (have_second_) {
            have_second_ = false;
            return second_;
        }
        NGV_ASSERT(draw_ < (1u << 16));
        const auto block = philox(c0_, c1_, c2_, c3_ | draw_++, key_);
        second_ = block[1];
        have_second_ = true;
        return block[0];
    }
    double uniform() { return to_unit(bits()); }  ///< in (0, 1)
    double exponential();                         ///< mean 1
    /// Exact for any mean >= 0: inversion below 10, else Hoermann's PTRS (Insurance: Math. Econ. 12, 1993).
    std::int64_t poisson(double mean);
    /// Exact for any n >= 0 and 0 <= p <= 1: inversion where n min(p, 1-p) < 10, else Hoermann's BTRS (J. Stat. Comput.
    /// Simul. 46, 1993).
    std::int64_t binomial(std::int64_t n, double p);

  private:
    std::int64_t binomial_by_inversion(std::int64_t n, double p);
    std::int64_t binomial_by_rejection(std::int64_t n, double p);

    Key key_;
    std::uint32_t c0_, c1_, c2_, c3_, draw_;
    std::uint64_t second_ = 0;
    bool have_second_ = false;
};

/// `value` as a whole number whose mean it is: its floor, or one more. Counts below 2^53 (9e15).
std::int64_t rounded(double value, Draws& draws);

}  // namespace ngv::rd
