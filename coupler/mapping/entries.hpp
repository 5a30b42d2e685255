// What can be done with a distributed list of entries: bring it home, turn it round, sum and normalise its rows.
// All results are sorted by (target, source), so they do not depend on the number of ranks.
#pragma once

#include <mpi.h>

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "coupler/mapping/directory.hpp"
#include "coupler/mapping/mapping.hpp"

namespace ngv::mapping {

/// Sorts by (target, source).
void sort(std::vector<Entry>& entries);

/// Sends every entry to the home of its target; sorted there. Collective. All targets must exist.
std::vector<Entry> bring_home(MPI_Comm comm, const std::vector<Entry>& entries, const Directory& targets);

/// Exchanges target and source; the result is on the homes of what was the source. Collective.
std::vector<Entry> transposed(MPI_Comm comm, const std::vector<Entry>& entries, const Directory& sources);

/// Calls visit(first, last) for every row of sorted entries.
void for_each_row(std::span<Entry> entries, const std::function<void(Entry*, Entry*)>& visit);
void for_each_row(std::span<const Entry> entries, const std::function<void(const Entry*, const Entry*)>& visit);

/// Makes the rows of sorted entries sum to 1. Rows that sum to 0 stay as they are.
void normalise_rows(std::span<Entry> entries);

/// The sum of each element's row, in the order of `ids`; 0 where there is none.
std::vector<double> row_sums(std::span<const Entry> entries, std::span<const std::int64_t> ids);

/// 1 for each of `ids` that is the target of an entry.
std::vector<std::uint8_t> has_row(std::span<const Entry> entries, std::span<const std::int64_t> ids);

}  // namespace ngv::mapping
