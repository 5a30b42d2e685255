// Two neurons and an astrocyte that touches the synapses between them, for tests.
#pragma once

#include <memory>
#include <string>

#include "tests/unit/neuron/small_circuit.hpp"

namespace ngv::neuron::test {

/// Neuron 0 fires and has two synapses on neuron 1: one excites, one inhibits; an astrocyte touches both in the middle of its process of
/// 200 um, at whose end is an endfoot on a vessel of 7 um diameter. Both synapses excite if they are `plastic` (modoverride GluSynapse).
inline std::unique_ptr<SmallCircuit> tripartite(const std::string& astrocyte, bool plastic = false) {
    auto c = std::make_unique<SmallCircuit>("glia");
    c->morphology("neuron", "1 1 0 0 0 10 -1\n2 3 10 0 0 1 1\n3 3 110 0 0 1 2\n");
    c->morphology("glia", "1 1 0 0 0 5 -1\n2 2 5 0 0 1 1\n3 2 105 0 0 1 2\n4 2 205 0 0 1 3\n");
    c->models(R"(
Cell:
  mechanisms: {somatic: [hh, pas], basal: [pas]}
  values: {all: {Ra: 100, g_pas: 0.0003, e_pas: -65}}
)");
    c->nodes("neurons", "biophysical", 2, {}, {{"morphology", "neuron"}, {"model_template", "hoc:Cell"}});
    c->nodes("astrocytes", "astrocyte", 1, {}, {{"morphology", "glia"}, {"model_template", astrocyte}});
    c->nodes("vessels", "vasculature", 2, {{"start_diameter", {3, 6}}, {"end_diameter", {3, 8}}});
    c->edges("synapses", "chemical", "neurons", "neurons", {{0, 1}, {0, 1}},
             {{"conductance", {0.5}},
              {"decay_time", {1.7}},
              {"delay", {1}},
              {"syn_type_id", {120, plastic ? 120. : 20.}},
              {"volume_CR", {0.1}},
              {"rho0_GB", {0}},
              {"Use_d_TM", {0.4}},
              {"Use_p_TM", {0.8}},
              {"gmax_d_AMPA", {1}},
              {"gmax_p_AMPA", {2}},
              {"theta_d", {0.006}},
              {"theta_p", {0.001}},
              {"u_syn", {1}},
              {"depression_time", {1e-6}},
              {"facilitation_time", {0}},
              {"n_rrp_vesicles", {1}},
              {"afferent_section_id", {1}},
              {"afferent_section_pos", {0.5}}});
    c->edges("contacts", "synapse_astrocyte", "astrocytes", "neurons", {{0, 1}, {0, 1}},
             {{"astrocyte_section_id", {1}},
              {"astrocyte_segment_id", {0}},
              {"astrocyte_segment_offset", {99}},
              {"synapse_id", {0, 1}}},
             {{"synapse_population", "synapses"}});
    c->edges("endfeet", "endfoot", "vessels", "astrocytes", {{1, 0}},
             {{"astrocyte_section_id", {0}},  // the soma is not counted
              {"endfoot_compartment_length", {10}},
              {"endfoot_compartment_diameter", {3}},
              {"endfoot_compartment_perimeter", {12}}});
    return c;
}

constexpr const char* pulses =
    R"("pulses": {"module": "pulse", "input_type": "current_clamp", "node_set": {"population": "neurons", "node_id": 0},
 "delay": 2, "duration": 25, "amp_start": 2, "width": 1, "frequency": 100})";

/// A simulation of 30 ms in which `inputs` act; `conditions` continues that block, `rest` the file. Frames of reports come every ms:
/// glut, contact, ca, radius, wall of the astrocyte, use, factor (if it is plastic), gamma, modulator of the synapse.
inline std::string tripartite_simulation(const std::vector<std::string>& reports, const std::string& inputs,
                                         const std::string& conditions = "", const std::string& rest = "") {
    struct Report {
        std::string cells, variable, type;
    };
    const std::map<std::string, Report> known{{"glut", {"astrocytes", "GlutReceive.glut", "synapse"}},
                                              {"contact", {"astrocytes", "contact_glia_calcium", "compartment"}},
                                              {"ca", {"astrocytes", "cai_cadifus", "compartment"}},
                                              {"radius", {"astrocytes", "Rad_vascouplingB", "compartment"}},
                                              {"wall", {"astrocytes", "VesselWall.radius", "synapse"}},
                                              {"use", {"neurons", "ProbAMPANMDA_EMS.Use", "synapse"}},
                                              {"factor", {"neurons", "GluSynapse.use_factor", "synapse"}},
                                              {"gamma", {"neurons", "GlioModulation.gamma", "synapse"}},
                                              {"modulator", {"neurons", "NeuroModulation.concentration", "synapse"}}};
    std::string blocks;
    for (const auto& name : reports) {
        const auto& r = known.at(name);
        blocks += (blocks.empty() ? "\"" : ", \"") + name + R"(": {"cells": ")" + r.cells +
                  R"(", "sections": "all", "dt": 1, "variable_name": ")" + r.variable + R"(", "type": ")" + r.type +
                  "\"}";
    }
    return R"("run": {"tstop": 30, "dt": 0.025, "random_seed": 1, "spike_threshold": -20},
 "conditions": {"celsius": 6.3, "v_init": -65)" +
           conditions + "},\n \"inputs\": {" + inputs + "},\n \"reports\": {" + blocks + "}" + rest;
}

}  // namespace ngv::neuron::test
