// SONATA compartment_sets.json: places on cells by name.
//
//     {"tufts": {"population": "cortex", "compartment_set": [[0, 12, 0.5], [0, 13, 0.1]]}}      node, section, place 0..1
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace ngv::neuron {

struct CompartmentPlace {
    std::int64_t node_id;
    int section;
    double position;
};

struct CompartmentSet {
    std::string population;
    std::vector<CompartmentPlace> places;  ///< strictly ascending by node, section, position
};

/// UserError with file:line: places out of order or twice, positions outside of 0..1.
std::map<std::string, CompartmentSet> read_compartment_sets(const std::filesystem::path& file);

}  // namespace ngv::neuron
