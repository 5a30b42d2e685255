// The tables of ngv_mechanism: variables, globals, ions, names, and the pointers to kernels.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "solvers/neuron/nmodl/kernels.hpp"

namespace ngv::nmodl {

/// What the generated text defines beside the kernels of the phases.
struct Exported {
    std::set<std::string> hooks;  ///< "init", "net_receive", ...
    std::vector<int> diffusing;   ///< columns of LONGITUDINAL_DIFFUSION
};

struct Metadata {
    std::string text;        ///< arrays
    std::string definition;  ///< the ngv_mechanism with its external name
};

Metadata print_metadata(const Model& model, const Kernels& kernels, const Exported& exported, int num_watches);

}  // namespace ngv::nmodl
