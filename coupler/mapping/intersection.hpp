// Lines x tetrahedra by exact lengths: how much of each line lies in each tetrahedron.
#pragma once

#include <mpi.h>

#include <cstdint>
#include <string>
#include <vector>

#include "coupler/mapping/chain.hpp"
#include "coupler/mapping/mapping.hpp"

namespace ngv::mapping {

struct Intersection {
    std::vector<Entry>
        entries;  ///< target = line, source = tetrahedron, value = length in um; on the homes of the lines
    double length_total_um = 0;  ///< over all ranks, as all that follows
    double length_covered_um = 0;
    std::int64_t num_lines = 0;
    std::int64_t num_outside = 0;            ///< lines that lie in no tetrahedron at all
    std::int64_t num_partly = 0;             ///< lines of which some part lies in no tetrahedron
    std::int64_t num_holes = 0;              ///< pieces that leave the mesh and enter it again
    std::int64_t num_flat = 0;               ///< tetrahedra without volume, which are left out
    std::vector<std::string> examples = {};  ///< "neuron.segments 17 (0.5 of 2 um outside)"
};

/// Weight of a line (or point) that has no length, shared among the tetrahedra that contain it: small against any
/// length.
inline constexpr double pointlike_um = 1e-6;

/// Collective. `lines` may also be points. The entries are the same bits on any number of ranks and for any
/// distribution.
Intersection intersect(MPI_Comm comm, const NamedSet& lines, const NamedSet& tetrahedra);

}  // namespace ngv::mapping
