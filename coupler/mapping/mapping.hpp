// From two element sets to a sparse operator between them.
//
// Every element has a home: one rank of the coupler, which receives its data and holds its row. Operators are lists of
// entries in global ids, each entry on the home of its target, sorted by (target, source): the same list, and so the
// same sums, on any number of ranks.
#pragma once

#include <mpi.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <ngv/element_set.hpp>
#include <ngv/field.hpp>

namespace ngv::mapping {

/// One weight: target += value * source.
struct Entry {
    std::int64_t target;
    std::int64_t source;
    double value;
};

/// Element sets by "participant.set": on each coupler rank the elements that are homed there.
using ElementSets = std::map<std::string, ElementSet>;

/// What a link asks for.
struct Request {
    std::string source;              ///< "neuron.segments"
    std::string target;              ///< "rd.tetrahedra"
    std::vector<std::string> steps;  ///< {"intersection"}, {"by cell"}, or with sets between: {"intersection",
                                     ///< "rd.tetrahedra", "intersection", ...}
    Kind kind = Kind::state;         ///< pool means contributor -> keeper (an amount); its way back is Plan::back
    std::string share_by = {};       ///< pool: measure of the contributor (source) that splits the keeper's room
    std::string capacity = {};       ///< pool: "rd.extracellular_volume": participant.measure of either side
    bool fill_nearest = false;
};

/// What was found on the way, over all ranks.
struct Coverage {
    std::int64_t sources_without_target = 0;  ///< elements of the source that map nowhere
    std::int64_t targets_without_source = 0;
    std::int64_t filled = 0;                 ///< given their nearest partner
    double length_total_um = 0;              ///< intersection: length of all lines
    double length_covered_um = 0;            ///< intersection: length inside the tetrahedra
    std::vector<std::string> examples = {};  ///< a few elements that are not (fully) covered, for messages
    bool from_cache = false;
};

struct Plan {
    std::vector<Entry> forward;  ///< source -> target, normalised for the kind; entries on the home of the target
    std::vector<Entry>
        back;  ///< pools: keeper -> contributor, amounts split by share; entries on the home of the contributor
    std::vector<double> source_capacity,
        target_capacity;  ///< pools: um3, one an element homed here, in the order of the sets' ids
    Coverage coverage;
};

/// Builds the operator of a request. Collective over `comm`. Keeps and reuses base operators in `cache_folder` (empty:
/// no cache); `log` receives one line a notable event (cache rebuilt and why, gaps, elements outside). Throws UserError
/// for a step that cannot be taken (unknown set or relation, geometry that does not fit, measure missing).
Plan build(MPI_Comm comm, const ElementSets& sets, const Request& request, const std::filesystem::path& cache_folder,
           std::vector<std::string>& log);

}  // namespace ngv::mapping
