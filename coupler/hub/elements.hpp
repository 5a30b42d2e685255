// The participants' elements on their homes: each rank of the coupler receives its pieces, and nothing is gathered.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "coupler/hub/watch.hpp"
#include "coupler/mapping/mapping.hpp"
#include "coupler/transport/homes.hpp"

namespace ngv::hub {

struct Homed {
    mapping::ElementSets sets;  ///< by participant.set
    std::map<std::string, std::vector<transport::Piece>>
        pieces;  ///< those homed here, in the order in which they stand in the set
};

/// The pieces of a set that are homed on this rank.
std::vector<transport::Piece> pieces_here(const Watch& watch, const Guest& guest, const proto::SetDeclaration& set);

/// Receives all elements of the sets "participant.set". Collective.
Homed receive_elements(Watch& watch, const std::vector<std::string>& sets);

/// Lower and upper corner of all coordinates of a set, over all ranks. Collective.
struct Box {
    double lower[3], upper[3];
    std::string text() const;
};
Box bounding_box(MPI_Comm comm, const ElementSet& set);

}  // namespace ngv::hub
