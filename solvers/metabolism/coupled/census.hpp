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

/// Cortical layer of each of `ids`, by the node attribute `attribute` ("2", "L2" or a number); 0 where it says none.
std::vector<int> layers_of(const CircuitConfig& circuit, const std::vector<std::int64_t>& ids,
                           const std::string& attribute);

/// The astrocyte that serves each of `ids`: the one with the most contacts to its synapses (the lowest id of equals), as
/// a cell id; -1 where none does.
std::vector<std::int64_t> astrocytes_of(const CircuitConfig& circuit, const std::vector<std::int64_t>& ids);

/// The block of `ids` that belongs to `rank`; sizes differ by one at most.
std::vector<std::int64_t> block_of(const std::vector<std::int64_t>& ids, int rank, int size);

}  // namespace ngv::metabolism
