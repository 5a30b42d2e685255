// Test sets, spread over the ranks in an arbitrary but known way.
#pragma once

#include <mpi.h>

#include <map>
#include <string>
#include <vector>

#include "coupler/mapping/id_index.hpp"
#include "coupler/mapping/mapping.hpp"
#include "solvers/common/ranks.hpp"

namespace ngv::mapping::test {

/// True if this rank is the home of the element; `salt` gives another distribution.
inline bool is_home(MPI_Comm comm, std::int64_t id, std::uint64_t salt = 0) {
    return static_cast<int>(mix(static_cast<std::uint64_t>(id) + 1000003 * salt) % size_of(comm)) == rank_of(comm);
}

/// The elements of `whole` that are homed here.
inline ElementSet spread(MPI_Comm comm, const ElementSet& whole, std::uint64_t salt = 0) {
    ElementSet part{.name = whole.name, .geometry = whole.geometry};
    const bool lines = whole.geometry == Geometry::lines;
    if (lines) part.piece_offsets.push_back(0);
    for (const auto& [name, m] : whole.measures) part.measures[name].unit = m.unit;
    for (const auto& [name, r] : whole.relations) part.relations[name];
    for (std::size_t i = 0; i < whole.ids.size(); ++i) {
        if (!is_home(comm, whole.ids[i], salt)) continue;
        part.ids.push_back(whole.ids[i]);
        for (const auto& [name, m] : whole.measures) part.measures[name].values.push_back(m.values[i]);
        for (const auto& [name, r] : whole.relations) part.relations[name].push_back(r[i]);
        std::size_t begin = 0, end = 0;
        if (whole.geometry == Geometry::points) begin = 3 * i, end = 3 * i + 3;
        if (whole.geometry == Geometry::tetrahedra) begin = 12 * i, end = 12 * i + 12;
        if (lines) begin = 6 * whole.piece_offsets[i], end = 6 * whole.piece_offsets[i + 1];
        part.coordinates.insert(part.coordinates.end(), whole.coordinates.begin() + begin,
                                whole.coordinates.begin() + end);
        if (lines) part.piece_offsets.push_back(static_cast<std::int64_t>(part.coordinates.size() / 6));
    }
    return part;
}

/// All entries of all ranks, on every rank, sorted by (target, source): what a test compares with.
inline std::vector<Entry> everything(MPI_Comm comm, const std::vector<Entry>& entries) {
    std::vector<int> counts(size_of(comm)), offsets(size_of(comm), 0);
    const int bytes = static_cast<int>(entries.size() * sizeof(Entry));
    MPI_Allgather(&bytes, 1, MPI_INT, counts.data(), 1, MPI_INT, comm);
    for (std::size_t r = 1; r < counts.size(); ++r) offsets[r] = offsets[r - 1] + counts[r - 1];
    std::vector<Entry> all((offsets.back() + counts.back()) / sizeof(Entry));
    MPI_Allgatherv(entries.data(), bytes, MPI_BYTE, all.data(), counts.data(), offsets.data(), MPI_BYTE, comm);
    std::sort(all.begin(), all.end(), [](const Entry& a, const Entry& b) {
        return a.target != b.target ? a.target < b.target : a.source < b.source;
    });
    return all;
}

inline std::map<std::pair<std::int64_t, std::int64_t>, double> by_pair(const std::vector<Entry>& entries) {
    std::map<std::pair<std::int64_t, std::int64_t>, double> pairs;
    for (const auto& e : entries) pairs[{e.target, e.source}] += e.value;
    return pairs;
}

}  // namespace ngv::mapping::test
