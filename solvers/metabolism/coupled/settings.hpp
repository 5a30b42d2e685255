// What a scenario says about metabolism-solver.
#pragma once

#include "coupler/config/config.hpp"
#include "solvers/metabolism/cells/cells.hpp"

namespace ngv::metabolism {

struct Settings {
    ModelFile model;
    OdeOptions options;  ///< variant "coupled" and other values of parameters
    CellOptions cells;
    double equilibrate_s = 0;
    std::optional<double> ATP_use_rest;  ///< mM/s; absent: the model's own pump
    double cell_volume_um3 = 0;
    std::vector<std::string> reports;
    Tick report_every = 0;
};

/// `config`: participants.metabolism of a scenario.
Settings read_settings(const Config& config);

/// `parameters: {name: "value unit"}`, converted to the units of the model.
std::map<std::string, double> read_parameters(const Config& parameters, const ModelFile& model);
/// `ranges: {state: {min, max}}`; a bound that is not given is the model's.
std::map<std::string, std::pair<double, double>> read_ranges(const Config& ranges, const ModelFile& model);

}  // namespace ngv::metabolism
