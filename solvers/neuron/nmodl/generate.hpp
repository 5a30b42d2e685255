// One .mod file as C++ that fills in ngv_mechanism (solvers/neuron/mechanisms/abi.h).
#pragma once

#include <string>
#include <vector>

#include "solvers/neuron/nmodl/graph.hpp"
#include "solvers/neuron/nmodl/model.hpp"

namespace ngv::nmodl {

struct Options {
    Arithmetic arithmetic = Arithmetic::fast;
    bool neuron_slopes = false;   ///< slopes of currents from differences over 0.001 mV, in the fast arithmetic too
    bool allow_verbatim = false;  ///< C of VERBATIM goes into the generated code as it stands
};

/// What a user wants to know about a mechanism.
struct Summary {
    std::string file, name, kind;
    std::vector<std::string> reads, writes, exports, globals, scalar;  ///< scalar: "state: WHILE (file:line)"
};

struct Generated {
    std::string symbol;  ///< of the ngv_mechanism: ngv_mechanism_<name>
    std::string text;
    Summary summary;
};

/// Throws UserError for what the file must not do.
Generated generate(const Model& model, const Options& options);

}  // namespace ngv::nmodl
