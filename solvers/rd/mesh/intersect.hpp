// How much of each polyline lies in each tetrahedron: exact lengths, each piece once, on any partition.
//
//     const auto pieces = intersect(comm, mesh, ids, points, offsets);
//     for (const auto& e : pieces.entries) use(e.target /* polyline */, e.source /* tetrahedron */, e.value /* um */);
//
// The coupler maps neurons and vessels by the same code (coupler/mapping/intersection.hpp, which has the rules for
// pieces in faces and edges).
#pragma once

#include <mpi.h>

#include <cstdint>
#include <vector>

#include "coupler/mapping/intersection.hpp"
#include "solvers/rd/mesh/local_mesh.hpp"

namespace ngv::rd {

/// The tetrahedra of this rank as an element set: global ids and corners.
ElementSet element_set_of(const LocalMesh& mesh);

/// Polyline k of this rank has the global id ids[k] and the segments [offsets[k], offsets[k+1]) of `segments`, each six
/// numbers: begin and end in um. The same bits on any number of ranks; sums over all entries are the covered length.
/// Collective.
mapping::Intersection intersect(MPI_Comm comm, const LocalMesh& mesh, const std::vector<std::int64_t>& ids,
                                const std::vector<double>& segments, const std::vector<std::int64_t>& offsets);

}  // namespace ngv::rd
