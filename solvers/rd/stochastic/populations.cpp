#include "solvers/rd/stochastic/populations.hpp"

#include <algorithm>

namespace ngv::rd {

namespace {

// From the first region that has the species to the last.
template <class Range>
Pool pool_of(int species, const std::vector<SpeciesList>& regions, const Range& range) {
    std::int32_t begin = 0, end = 0;
    bool any = false;
    for (std::size_t r = 0; r < regions.size(); ++r) {
        const auto& list = regions[r];
        if (!std::binary_search(list.begin(), list.end(), species)) continue;
        const auto [first, last] = range(r);
        if (!any) begin = first;
        end = std::max(end, last);
        any = true;
    }
    return {begin, std::vector<std::int64_t>(static_cast<std::size_t>(std::max(0, end - begin)), 0)};
}

}  // namespace

Populations::Populations(int num_species, const LawBook& laws, const Elements& elements) {
    for (int s = 0; s < num_species; ++s) {
        volume.push_back(pool_of(s, laws.compartment_species, [&](std::size_t c) {
            return std::pair(elements.ranges[c].begin, elements.ranges[c].end);
        }));
        surface.push_back(pool_of(s, laws.patch_species, [&](std::size_t p) {
            return std::pair(elements.patch_begin[p], elements.patch_begin[p + 1]);
        }));
    }
}

}  // namespace ngv::rd
