#include "solvers/rd/stochastic/populations.hpp"

#include <algorithm>

namespace ngv::rd {

namespace {

// From the first region that has the species to the last.
template <class Regions, class Range>
Pool pool_of(int species, const Regions& regions, const Range& range) {
    std::int32_t begin = 0, end = 0;
    bool any = false;
    for (std::size_t r = 0; r < regions.size(); ++r) {
        const auto& list = regions[r].species;
        if (!std::binary_search(list.begin(), list.end(), species)) continue;
        const auto [first, last] = range(r);
        if (!any) begin = first;
        end = std::max(end, last);
        any = true;
    }
    return {begin, std::vector<std::int64_t>(static_cast<std::size_t>(std::max(0, end - begin)), 0)};
}

}  // namespace

Populations::Populations(const Model& model, const Elements& elements) {
    for (int s = 0; s < model.num_species(); ++s) {
        volume.push_back(pool_of(s, model.compartments, [&](std::size_t c) {
            return std::pair(elements.ranges[c].begin, elements.ranges[c].end);
        }));
        surface.push_back(pool_of(s, model.patches, [&](std::size_t p) {
            return std::pair(elements.patch_begin[p], elements.patch_begin[p + 1]);
        }));
    }
}

}  // namespace ngv::rd
