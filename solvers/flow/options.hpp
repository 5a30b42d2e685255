// From the keys of an input file to the options of the model.
#pragma once

#include "coupler/config/config.hpp"
#include "solvers/flow/model/flow_model.hpp"

namespace ngv::flow {

/// `config`: participants.flow of a scenario, or the whole file of the standalone mode. Throws one UserError with all
/// problems.
FlowOptions options_from(const Config& config);

}  // namespace ngv::flow
