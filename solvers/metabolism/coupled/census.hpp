// Which cells have a metabolism, and which of them this rank keeps: all nodes of biophysical populations, in blocks of
// equal size by id.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "solvers/common/circuit.hpp"

namespace ngv::metabolism {

struct Census {
    std::vector<std::int64_t> ids;                      ///< of all cells, sorted (solvers/common/ids.hpp)
    std::map<std::int64_t, std::string> population_of;  ///< population index -> name, of those with cells
};

/// UserError if the circuit has no biophysical neuron.
Census take_census(const CircuitConfig& circuit);

/// The block of `ids` that belongs to `rank`; sizes differ by one at most.
std::vector<std::int64_t> block_of(const std::vector<std::int64_t>& ids, int rank, int size);

}  // namespace ngv::metabolism
