// Intersections kept in HDF5 files, so that a run on the same circuit and mesh does not compute them again.
//
//     <folder>/intersection-neuron.segments-rd.tetrahedra-<digest of the lines>-<digest of the tetrahedra>-v1.h5
//       /line /tetrahedron  int64[n]     /length  double[n], um      in any order
//       attributes: version, lines, tetrahedra (32 hex digits each), checksum of the entries, and what was found
//       (counts, examples)
//
// Any number of coupler ranks can read what any other number has written: each writes the rows it has and reads an
// equal part. Whether the file is used is decided by all ranks together.
#pragma once

#include <mpi.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "coupler/mapping/directory.hpp"
#include "coupler/mapping/intersection.hpp"

namespace ngv::mapping {

class IntersectionCache {
  public:
    /// An empty folder: nothing is kept. Collective.
    IntersectionCache(MPI_Comm comm, std::filesystem::path folder, const NamedSet& lines, const NamedSet& tetrahedra);

    /// What an earlier run found, its entries on the homes of the lines; nothing if there is no file, or if it is stale
    /// or damaged, which `log` then explains. Collective.
    std::optional<Intersection> read(const Directory& line_homes, std::vector<std::string>& log) const;

    /// Keeps it, under a temporary name until it is complete. A failure is a line in `log`, not an error. Collective.
    void write(const Intersection& found, std::vector<std::string>& log) const;

    std::filesystem::path file() const { return folder_ / (stem_ + keys_ + ".h5"); }

  private:
    std::string why_absent() const;

    MPI_Comm comm_;
    std::filesystem::path folder_;
    std::string stem_, keys_, name_, lines_, tetrahedra_;
    std::string line_digest_, tetrahedron_digest_;
};

}  // namespace ngv::mapping
