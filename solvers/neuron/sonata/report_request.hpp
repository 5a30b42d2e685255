// What a block of `reports` in a simulation config asks for, read and checked.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "solvers/neuron/sonata/simulation_config.hpp"

namespace ngv::neuron {

struct ReportRequest {
    std::string name;
    std::string file;                   ///< without .h5
    std::string variable;               ///< of a summation: several, with commas
    std::string type;                   ///< compartment, summation, synapse, lfp, compartment_set
    std::string sections = "soma";      ///< soma, axon, dend, apic, all
    bool center = true;                 ///< the middle of each section alone
    bool by_area = true;                ///< densities of a summation become nA
    double dt = 0, start = 0, end = 0;  ///< ms
    std::int64_t every_steps = 0, first_step = 0;
    bool to_the_end = false;                       ///< of the run, whenever that is
    std::string cells = {}, compartment_set = {};  ///< names; empty: not given
    Json block;

    std::vector<std::string> variables() const;  ///< one by one
};

/// UserError with file and line for unknown keys and values, with the nearest name, and times that are no whole steps.
ReportRequest read_report_request(const SimulationConfig& config, const NamedBlock& block);

}  // namespace ngv::neuron
