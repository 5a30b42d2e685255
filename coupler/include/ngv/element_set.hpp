// The elements that a participant offers to the others: its segments, tetrahedra, vessels, cells or endfeet.
// Each rank declares the elements it owns; nothing is gathered.
//
//     ngv::ElementSet tets{.name = "tetrahedra", .geometry = ngv::Geometry::tetrahedra};
//     tets.ids = owned_global_ids;                      // any order, unique over all ranks
//     tets.coordinates = twelve_doubles_per_tet;        // um
//     tets.measures["extracellular_volume"] = {"um3", alpha_times_volume};
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ngv {

enum class Geometry : int {
    none,        ///< elements known by their id alone (cells, endfeet)
    points,      ///< 3 coordinates an element
    lines,       ///< one or more straight pieces an element, 6 coordinates a piece (x0 y0 z0 x1 y1 z1)
    tetrahedra,  ///< 12 coordinates an element (4 corners)
};

/// A positive number an element, e.g. its membrane area: what mappings weight with.
struct Measure {
    std::string unit;
    std::vector<double> values;  ///< [n]
};

struct ElementSet {
    std::string name;
    Geometry geometry = Geometry::none;
    std::vector<std::int64_t> ids = {};    ///< [n] global ids of the elements this rank owns
    std::vector<double> coordinates = {};  ///< um, in the layout that `geometry` names
    std::vector<std::int64_t> piece_offsets =
        {};  ///< lines only: [n+1], pieces of element i are [offsets[i], offsets[i+1])
    std::map<std::string, Measure> measures = {};  ///< e.g. "area" um2, "volume" um3, "length" um
    std::map<std::string, std::vector<std::int64_t>> relations =
        {};  ///< e.g. "cell": [n] global id of the cell each segment belongs to
};

}  // namespace ngv
