// The HDF5 side of the cache: one file with the entries of an intersection.
#pragma once

#include <mpi.h>

#include <filesystem>
#include <string>

#include "coupler/mapping/intersection.hpp"

namespace ngv::mapping {

/// Raised when the builder's results change: files of other versions are not used.
inline constexpr int builder_version = 1;

/// What a cache file says about itself.
struct CacheHeader {
    int version = builder_version;
    std::string lines, tetrahedra;  ///< digests
    std::string checksum;           ///< of the entries
    std::int64_t num_entries = 0;
};

/// Part `part` of `parts` of a file, without other ranks. Throws std::runtime_error with the reason.
struct CachePart {
    CachePart(const std::filesystem::path& file, int part, int parts);
    CacheHeader header;
    Intersection found;  ///< entries: this part only
};

/// Every rank writes its entries, in parallel. Collective; throws std::runtime_error on the ranks that failed.
void write_cache_file(MPI_Comm comm, const std::filesystem::path& file, CacheHeader header, const Intersection& found);

}  // namespace ngv::mapping
