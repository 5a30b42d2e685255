// Numbers of molecules: one array a species and kind of place, over the places where it can be.
//
//     pools.volume[s][e]       of the element e; zero-length where species s has no compartment or is not molecules
//     pools.surface[s][t]      of the triangle t
#pragma once

#include <cstdint>
#include <vector>

#include "solvers/rd/stochastic/elements.hpp"
#include "solvers/rd/stochastic/laws.hpp"

namespace ngv::rd {

/// An array over a part [begin, begin + size) of the places.
struct Pool {
    std::int32_t begin = 0;
    std::vector<std::int64_t> counts;

    std::int32_t end() const { return begin + static_cast<std::int32_t>(counts.size()); }
    bool holds(std::int32_t place) const { return place >= begin && place < end(); }
    std::int64_t& operator[](std::int32_t place) { return counts[static_cast<std::size_t>(place - begin)]; }
    std::int64_t operator[](std::int32_t place) const { return counts[static_cast<std::size_t>(place - begin)]; }
};

struct Populations {
    std::vector<Pool> volume, surface;  ///< [species]

    Populations() = default;
    Populations(int num_species, const LawBook& laws, const Elements& elements);
};

/// Molecules on their way to another element: what a jump or a reaction across a surface leaves behind.
struct Move {
    std::int32_t species;
    std::int32_t to;  ///< element; ghosts are beyond the owned
    std::int64_t count;
};

}  // namespace ngv::rd
