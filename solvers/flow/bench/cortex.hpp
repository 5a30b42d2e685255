// A made-up piece of cortex for timing: a jittered lattice of capillaries with loops, crossed by arterioles and venules
// that end at the surface. The same for the same arguments.
#pragma once

#include <cstdint>

#include "solvers/flow/network/vessels.hpp"

namespace ngv::flow {

struct CortexOptions {
    std::int64_t vessels = 100'000;  ///< about so many
    int segments = 1;  ///< vessels in a row between two branchings: 1 is hard on solvers, 9 is like real data
    std::uint64_t seed = 1;
    std::int64_t least_pairs = 1;  ///< of arterioles and venules that reach the surface
};

/// The block of rank `rank` of `size`. Every rank makes the whole network and keeps its part.
Vessels make_cortex(const CortexOptions& options, int rank, int size);

}  // namespace ngv::flow
