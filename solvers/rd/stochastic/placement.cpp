#include "solvers/rd/stochastic/placement.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "solvers/rd/stochastic/draws.hpp"

namespace ngv::rd {

namespace {

std::int64_t sum(std::int64_t x, MPI_Comm comm) {
    MPI_Allreduce(MPI_IN_PLACE, &x, 1, MPI_INT64_T, MPI_SUM, comm);
    return x;
}

}  // namespace

std::vector<std::int64_t> placed(std::int64_t total, const std::vector<double>& sizes,
                                 const std::vector<CounterId>& ids, std::uint32_t tag, Key key, MPI_Comm comm) {
    NGV_ASSERT(total >= 0 && sizes.size() == ids.size());
    double largest = 0.0;
    for (const double s : sizes) largest = std::max(largest, s);
    MPI_Allreduce(MPI_IN_PLACE, &largest, 1, MPI_DOUBLE, MPI_MAX, comm);
    std::vector<std::int64_t> counts(sizes.size(), 0);
    if (total == 0 || largest <= 0.0) return counts;

    // Sizes as whole numbers, so that their sum has the same bits in any order.
    const double unit = std::ldexp(1.0, 31 - std::ilogb(largest));
    std::int64_t all = 0;
    std::vector<std::int64_t> whole;
    for (const double s : sizes) all += whole.emplace_back(std::llround(s * unit));
    all = sum(all, comm);
    std::vector<std::uint64_t> priority(sizes.size(), ~0ull);  // bits of positive numbers have their order
    std::int64_t given = 0;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        __extension__ using wide = unsigned __int128;
        const wide share = static_cast<wide>(total) * static_cast<wide>(whole[i]);
        counts[i] = static_cast<std::int64_t>(share / static_cast<wide>(all));
        given += counts[i];
        const double f = static_cast<double>(share % static_cast<wide>(all)) / static_cast<double>(all);
        if (f <= 0.0) continue;
        const double u = Draws(key, ids[i], tag, 0).uniform();
        priority[i] = std::bit_cast<std::uint64_t>(u / (1.0 - u) * (1.0 - f) / f);
    }
    const std::int64_t missing = total - sum(given, comm);
    std::uint64_t low = 0, high = ~0ull - 1;  // the smallest bound with `missing` places at or below it
    while (low < high) {
        const std::uint64_t middle = low + (high - low) / 2;
        const auto n = std::count_if(priority.begin(), priority.end(), [&](auto p) { return p <= middle; });
        if (sum(n, comm) >= missing)
            high = middle;
        else
            low = middle + 1;
    }
    if (missing > 0)
        for (std::size_t i = 0; i < sizes.size(); ++i) counts[i] += priority[i] <= low;
    return counts;
}

}  // namespace ngv::rd
