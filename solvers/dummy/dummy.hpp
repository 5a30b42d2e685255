// The body of the dummy participant.
#pragma once

#include <ngv/participant.hpp>
#include <string>

#include "coupler/config/config.hpp"

namespace ngv::dummy {

struct Options {
    int elements = 12;
    std::string unit = {};  ///< empty: 1 for states, mol for amounts and pools
    double work_ms = 0;
    double carry = 0;  ///< part of every amount that it cannot absorb at once
    bool keeps_state = true;
    std::string digest = {};
    std::string rename = {};
    std::int64_t fault_window = -1;
    std::string fault = {};
};

/// Declares what the links of the scenario expect of self.name(), runs all windows, and finishes.
///
/// It sends, in element i at time t: states i + t/ms; amounts and pools 1e-15 (i + 1) mol a window (a keeper: -1e-15 (i
/// + 1)). It reports "sum of FIELD": the sum over all elements and windows of what arrived.
void run(Participant& self, const Config& scenario, const Options& options);

}  // namespace ngv::dummy
