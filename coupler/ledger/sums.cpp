#include "coupler/ledger/sums.hpp"

#include <bit>
#include <cmath>

namespace ngv::ledger {

namespace {

constexpr int lanes = 8;

}  // namespace

double sum(const double* x, std::int64_t n, std::int64_t stride) {
    double s[lanes] = {}, e[lanes] = {};
    std::int64_t i = 0;
    for (; i + lanes <= n; i += lanes) {
        for (int l = 0; l < lanes; ++l) {
            const double v = x[(i + l) * stride];
            const double t = s[l] + v;
            const double b = t - s[l];
            e[l] += (s[l] - (t - b)) + (v - b);
            s[l] = t;
        }
    }
    Sum total;
    for (; i < n; ++i) total.add(x[i * stride]);
    for (int l = 0; l < lanes; ++l) total.add(s[l]);
    for (int l = 0; l < lanes; ++l) total.add(e[l]);
    return total.value();
}

double magnitude(const double* x, std::int64_t n, std::int64_t stride) {
    double s[lanes] = {};
    std::int64_t i = 0;
    for (; i + lanes <= n; i += lanes) {
        for (int l = 0; l < lanes; ++l) s[l] += std::abs(x[(i + l) * stride]);
    }
    for (; i < n; ++i) s[0] += std::abs(x[i * stride]);
    double total = 0;
    for (const double v : s) total += v;
    return total;
}

std::int64_t first_not_finite(const double* x, std::int64_t n) {
    // All exponent bits set: infinite or not a number. Integer logic, so that whole blocks are tested at once.
    constexpr std::uint64_t exponent = 0x7ff0000000000000;
    constexpr std::int64_t block = 1024;
    for (std::int64_t begin = 0; begin < n; begin += block) {
        const std::int64_t end = begin + block < n ? begin + block : n;
        std::uint64_t bad = 0;
        for (std::int64_t i = begin; i < end; ++i)
            bad |= static_cast<std::uint64_t>((std::bit_cast<std::uint64_t>(x[i]) & exponent) == exponent);
        if (!bad) continue;
        for (std::int64_t i = begin; i < end; ++i) {
            if (!std::isfinite(x[i])) return i;
        }
    }
    return -1;
}

}  // namespace ngv::ledger
