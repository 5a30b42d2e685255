// What a scenario says about metabolism-solver.
#pragma once

#include "coupler/config/config.hpp"
#include "solvers/metabolism/cells/cells.hpp"

namespace ngv::metabolism {

struct Settings {
    ModelFile model;
    OdeOptions options;  ///< variant and other values of parameters
    CellOptions cells;
    double equilibrate_s = 0;
    std::optional<double> ATP_use_rest;  ///< mM/s; absent: the model's own pump
    double cell_volume_um3 = 0;
    std::string compile;  ///< auto, always, never
    std::string layer_attribute;
    std::vector<std::string> reports;
    Tick report_every = 0;
};

/// `config`: participants.metabolism of a scenario.
Settings read_settings(const Config& config);

/// `parameters: {name: "value unit"}`, converted to the units of the model.
std::map<std::string, double> read_parameters(const Config& parameters, const ModelFile& model);
/// method, rtol, ranges, failures, balance_above. A bound that is not given is the model's.
CellOptions read_cell_options(const Config& config, const ModelFile& model);
/// Compiles if `choice` says so: always, never, or auto, when so many seconds of so many cells are worth it.
void compile_if_worth(OdeSystem& system, const std::string& choice, double cell_seconds);

}  // namespace ngv::metabolism
