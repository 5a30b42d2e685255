// A mapping's steps with their element sets and base entries, first to last.
//
//     flow.vessels --intersection--> rd.tetrahedra --intersection--> neuron.segments --by cell--> metabolism.cells
//       sets[0]       entries[0]        sets[1]        entries[1]         sets[2]      entries[2]      sets[3]
#pragma once

#include <string>
#include <vector>

#include "coupler/mapping/directory.hpp"
#include "coupler/mapping/mapping.hpp"

namespace ngv::mapping {

/// An element set with its full name, "neuron.segments".
struct NamedSet {
    std::string name;
    const ElementSet& set;
};

struct Chain {
    std::vector<NamedSet> sets;
    std::vector<Directory> homes;             ///< of the elements of each set
    std::vector<std::vector<Entry>> entries;  ///< of each step, on the homes of its targets
};

}  // namespace ngv::mapping
