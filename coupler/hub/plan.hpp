// From the scenario's links and what the participants declare to what is exchanged: channels, groups of fields that
// share an operator, and the operators to build. A pure function; all problems are found at once.
//
//     channel  left -> right, strang, 1 ms            one message a pair of ranks
//       group  segments -> tetrahedra, request 0        its fields: one operator, applied to all of them at once
#pragma once

#include <map>
#include <string>
#include <vector>

#include "coupler/config/config.hpp"
#include "coupler/mapping/mapping.hpp"
#include "coupler/schedule/schedule.hpp"
#include "handshake.pb.h"

namespace ngv::hub {

struct PlannedField {
    std::string name;         ///< at the source
    std::string target_name;  ///< at the target
    Kind kind;
    std::string where;  ///< the link's place in the scenario
};

struct Group {
    std::string source, target;  ///< participant.set
    int request;                 ///< index into LinkPlan::requests
    bool back;                   ///< uses Plan::back of the request
    double scale;                ///< unit of the target = scale * unit of the source
    std::vector<PlannedField> fields;
};

struct Channel {
    schedule::Channel times;
    std::vector<Group> groups;
};

struct LinkPlan {
    std::vector<mapping::Request> requests;
    std::vector<std::string> request_where;                 ///< the first link that asks for it
    std::vector<Channel> channels;                          ///< the initial ones come first
    std::vector<std::string> sets;                          ///< participant.set that mappings need
    std::vector<std::string> log;                           ///< rows left out and why
    std::map<std::string, std::vector<std::string>> notes;  ///< for the participants' own logs
    std::vector<Problem> problems;
};

LinkPlan plan_links(const Config& scenario, const std::vector<proto::Hello>& hellos);

/// Problems of the run as a whole: other scenarios read, names that the scenario does not know.
std::vector<Problem> check_hellos(const Config& scenario, const std::vector<proto::Hello>& hellos);

/// "rd.tetrahedra" -> "rd", "tetrahedra".
std::string participant_of(const std::string& set);
std::string set_of(const std::string& set);

}  // namespace ngv::hub
