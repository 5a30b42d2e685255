#include <fmt/format.h>

#include <fstream>
#include <regex>

#include "ngv/error.hpp"
#include "tools/circuit/scenario_text.hpp"
#include "tools/circuit/write_circuit.hpp"

namespace ngv::circuit {

namespace {

void write_text(const std::filesystem::path& file, const std::string& text) {
    std::ofstream out(file, std::ios::binary);
    out << text;
    out.close();
    if (!out) throw UserError{Problem{file.string(), "cannot be written", "is the disk full?"}};
}

constexpr const char* circuit_config = R"json({
  "version": 2.4,
  "manifest": {"$BASE": "."},
  "node_sets_file": "$BASE/node_sets.json",
  "components": {"morphologies_dir": "$BASE/morphologies"},
  "networks": {
    "nodes": [
      {"nodes_file": "$BASE/nodes/neurons.h5", "populations": {"neurons": {"type": "biophysical", "morphologies_dir": "$BASE/morphologies"}}},
      {"nodes_file": "$BASE/nodes/astrocytes.h5", "populations": {"astrocytes": {"type": "astrocyte", "morphologies_dir": "$BASE/morphologies"}}},
      {"nodes_file": "$BASE/nodes/vasculature.h5", "populations": {"vasculature": {"type": "vasculature"}}},
      {"nodes_file": "$BASE/nodes/inputs.h5", "populations": {"inputs": {"type": "virtual"}}}
    ],
    "edges": [
      {"edges_file": "$BASE/edges/neurons__neurons__chemical.h5", "populations": {"neurons__neurons__chemical": {"type": "chemical"}}},
      {"edges_file": "$BASE/edges/inputs__neurons__chemical.h5", "populations": {"inputs__neurons__chemical": {"type": "chemical"}}},
      {"edges_file": "$BASE/edges/astrocytes__neurons__synapse_astrocyte.h5", "populations": {"astrocytes__neurons__synapse_astrocyte": {"type": "synapse_astrocyte"}}},
      {"edges_file": "$BASE/edges/vasculature__astrocytes__endfoot.h5", "populations": {"vasculature__astrocytes__endfoot": {"type": "endfoot"}}}
    ]
  }
}
)json";

constexpr const char* node_sets = R"json({
  "All": {"population": ["neurons", "astrocytes"]},
  "Neurons": {"population": "neurons"},
  "Excitatory": {"population": "neurons", "synapse_class": "EXC"},
  "Inhibitory": {"population": "neurons", "synapse_class": "INH"},
  "Layer2": {"population": "neurons", "layer": "2"},
  "Layer3": {"population": "neurons", "layer": "3"},
  "Layer4": {"population": "neurons", "layer": "4"},
  "Layer5": {"population": "neurons", "layer": "5"},
  "Layer6": {"population": "neurons", "layer": "6"},
  "Astrocytes": {"population": "astrocytes"},
  "Vasculature": {"population": "vasculature"},
  "Inputs": {"population": "inputs"}
}
)json";

std::string simulation_config(const CircuitOptions& options) {
    return fmt::format(R"json({{
  "version": 2.4,
  "manifest": {{"$BASE": "."}},
  "network": "$BASE/circuit_config.json",
  "node_sets_file": "$BASE/node_sets.json",
  "node_set": "All",
  "target_simulator": "NEURON",
  "run": {{"tstop": {0}, "dt": 0.025, "random_seed": {1}, "spike_threshold": -20}},
  "conditions": {{"celsius": 37, "v_init": -70}},
  "inputs": {{
    "poisson_inputs": {{"module": "synapse_replay", "input_type": "spikes", "delay": 0, "duration": {0}, "node_set": "Neurons", "source": "Inputs", "spike_file": "$BASE/inputs_spikes.h5"}}
  }},
  "reports": {{
    "soma_v": {{"cells": "Neurons", "sections": "soma", "type": "compartment", "variable_name": "v", "unit": "mV", "dt": 0.1, "start_time": 0, "end_time": {0}}}
  }},
  "output": {{"output_dir": "output", "spikes_file": "spikes.h5", "spikes_sort_order": "by_time"}}
}}
)json",
                       options.duration, options.seed);
}

// The scenario of configs/ with this circuit's paths, beside which it stands, seed and duration.
std::string scenario(const CircuitOptions& options) {
    std::string text = scenario_text;
    text = std::regex_replace(text, std::regex("circuit/"), "");
    text = std::regex_replace(text, std::regex("(^|\n)seed:[^\n]*"), fmt::format("$1seed: {}", options.seed));
    text = std::regex_replace(text, std::regex("(^|\n)duration:[^\n]*"),
                              fmt::format("$1duration: {} ms", options.duration));
    if (text.find("mesh:") == std::string::npos)
        text = std::regex_replace(text, std::regex("(\n  rd: \\{[^}\n]*)\\}"), "$1, mesh: mesh.msh}");
    return text;
}

}  // namespace

void write_configs(const CircuitOptions& options, const Tissue&) {
    write_text(options.out / "circuit_config.json", circuit_config);
    write_text(options.out / "node_sets.json", node_sets);
    write_text(options.out / "simulation_config.json", simulation_config(options));
    write_text(options.out / "tissue.yaml", scenario(options));
}

}  // namespace ngv::circuit
