// A SONATA simulation_config.json of either dialect, checked key by key: BBP's extension (neurodamus) and Allen's (BMTK).
//
//     auto config = SimulationConfig::load("simulation_config.json");   // or Allen's config.json that names network and simulation
//     config.tstop, config.conditions.v_init, config.inputs[0].block["amp_start"].number() ...
//
// Blocks of inputs and reports stay JSON: their keys are checked by who reads them. Every key that is not known is a UserError with
// its line and the nearest name.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "solvers/common/json.hpp"
#include "solvers/common/manifest.hpp"
#include "solvers/neuron/cells/function_tables.hpp"
#include "solvers/neuron/sonata/assignments.hpp"

namespace ngv::neuron {

enum class SpikeOrder { none, by_id, by_time };

struct Modification {
    enum class Kind { ttx, configure_all_sections, section_list, section, compartment_set } kind;
    std::string name, node_set, compartment_set, where;
    std::vector<Assignment> assignments = {};
};

/// connection_overrides: in order, later ones win where they say something.
struct ConnectionOverride {
    std::string name, source, target, where;   ///< node sets
    double weight = 1;                         ///< factor
    std::optional<double> spont_minis = {};    ///< Hz
    std::optional<double> synapse_delay = {};  ///< ms
    double delay = 0;                          ///< ms: > 0: from then on only the weight counts
    std::string modoverride = {};              ///< another synapse mechanism
    std::vector<Assignment> configure = {};    ///< of the synapses, "%s.name = number"
    std::optional<double> neuromodulation_dtc = {}, neuromodulation_strength = {};  ///< ms, uM
};

struct NamedBlock {
    std::string name;
    Json block;
};

struct SimulationConfig {
    static SimulationConfig load(const std::filesystem::path& file);

    std::filesystem::path file, circuit;
    std::filesystem::path node_sets_file, compartment_sets_file, electrodes_file;  ///< empty if none
    std::string node_set;  ///< empty: all nodes that are not virtual
    bool allen = false;    ///< Allen's dialect: frame k of a report is the state after step k + 1

    // run
    double tstop = 0, dt = 0;  ///< ms
    std::uint32_t random_seed = 0, stimulus_seed = 0, minis_seed = 0, synapse_seed = 0;
    std::optional<std::uint32_t> ionchannel_seed = {};
    double spike_threshold = -30;  ///< mV
    int second_order = 0;
    std::optional<double> dL = {};  ///< um, longest compartment (Allen)

    // output
    std::string spikes_file = "out.h5";
    SpikeOrder spike_order = SpikeOrder::by_time;

    // conditions
    double celsius = 34, v_init = -80;
    bool spikes_at_ais = false;
    std::optional<double> extracellular_calcium = {};  ///< mM
    bool randomize_gaba_rise_time = false;
    bool gliotransmission = false;  ///< astrocytes act on the synapses that they touch
    /// ms. neurodamus has 0.05. Nothing in an astrocyte is so fast, and ranks would have to exchange events in every step.
    double contact_delay = 0.5;
    struct Global {
        std::string mechanism, variable, where;
        double value;
    };
    std::vector<Global> globals = {};
    std::vector<FunctionTable> tables = {};
    std::vector<Modification> modifications = {};

    std::vector<NamedBlock> inputs = {}, reports = {};  ///< in file order
    std::vector<ConnectionOverride> overrides = {};

    /// A path of a block, with the manifest's variables.
    std::filesystem::path path(const Json& value) const { return manifest_->path(value); }

  private:
    std::optional<Manifest> manifest_ = {};
};

/// UserError for keys of `block` that are not in `known`; "_comment" and the like are fine.
void check_keys(const Json& block, const std::vector<std::string>& known, const std::string& what);

}  // namespace ngv::neuron
