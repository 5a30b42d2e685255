// The vessel segments that one rank holds. A SONATA vasculature has one node (row) a segment; the graph's own nodes are
// the segments' ends, named by start_node and end_node, whose ids may be sparse.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ngv::flow {

/// Types of the SONATA extension for vasculature; unknown is also what files without types have.
enum class VesselType : std::uint8_t {
    unknown = 0,
    vein = 1,
    artery = 2,
    venule = 3,
    arteriole = 4,
    venous_capillary = 5,
    arterial_capillary = 6,
    transitional = 7,
};
inline constexpr int num_vessel_types = 8;

const char* name_of(VesselType type);

/// The types that a word of a scenario means: one type's name, or a group: capillary (5, 6, 7), arterial (2, 4), venous
/// (1, 3). Empty if the word is not known.
std::vector<VesselType> types_named(std::string_view word);
std::vector<std::string> type_words();

struct Vessels {
    std::vector<std::int64_t> id;          ///< [n] SONATA node ids, unique over all ranks
    std::vector<std::int64_t> start_node;  ///< [n]
    std::vector<std::int64_t> end_node;    ///< [n]
    std::vector<double> ends;              ///< [6 n] x0 y0 z0 x1 y1 z1, um
    std::vector<double> radius;            ///< [n] um, at rest: mean of the radii at both ends
    std::vector<double> length;            ///< [n] um
    std::vector<VesselType> type;          ///< [n]
    std::vector<float> end_diameter = {};  ///< [2 n] um, at both ends; empty: twice the radius

    std::size_t size() const { return id.size(); }
    double diameter_at(std::size_t vessel, int end) const {
        return end_diameter.empty() ? 2.0 * radius[vessel] : end_diameter[2 * vessel + end];
    }
};

}  // namespace ngv::flow
