#include "solvers/neuron/tissue/wiring.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "ngv/error.hpp"
#include "solvers/common/edges.hpp"
#include "solvers/common/ids.hpp"
#include "solvers/common/log.hpp"
#include "solvers/common/nodes.hpp"
#include "solvers/neuron/constants.hpp"
#include "solvers/neuron/sonata/synapse_edges.hpp"
#include "solvers/neuron/tissue/gliotransmission.hpp"
#include "solvers/neuron/tissue/wiring_tools.hpp"

namespace ngv::neuron::tissue {

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_chemical(const EdgePopulationEntry& e) {
    return e.type == "chemical" || e.type.empty();
}

constexpr double rise_time = 0.2;  // ms, of AMPA and GABA_A

/// Share of Na+ in the conductance of AMPA and NMDA receptors that puts their reversal at 0 mV.
double sodium_share(const Parameters& p) {
    const double kt = thermal_voltage(p.celsius);
    const double e_na = kt * std::log(p.na_o / p.neuron.na_i), e_k = kt * std::log(p.k_o / p.neuron.k_i);
    return (0.0 - e_k) / (e_na - e_k);
}

}  // namespace

void refuse_unknown_edges(const CircuitConfig& circuit) {
    std::vector<Problem> problems;
    for (const auto& e : circuit.edges()) {
        if (is_chemical(e) || e.type == "synapse_astrocyte" || e.type == "endfoot") continue;
        if (e.type == "glialglial") {
            log_info("edges of '{}' ({}) have no model and are left out", e.name, e.type);
            continue;
        }
        problems.push_back(
            {e.where,
             "edge population '" + e.name + "' is of type '" + e.type + "', which neuron-solver does not simulate",
             "types it knows: chemical, synapse_astrocyte, endfoot"});
    }
    if (!problems.empty()) throw UserError(problems);
}

void wire_synapses(const CircuitConfig& circuit, const std::vector<std::string>& live, TissueModel& model,
                   EngineBuilder& builder) {
    // Synapses of one kind with the same kinetics on the same compartment share an instance: the equations are linear.
    // One that an astrocyte acts on has an instance of its own (`alone`: its edge, else -1).
    std::map<std::tuple<int, int, bool, double, std::int64_t>, Point> known;
    const Parameters& p = model.parameters;
    const ContactedSynapses contacted = contacted_synapses(circuit, model);
    for (std::size_t place = 0; place < circuit.edges().size(); ++place) {
        const auto& entry = circuit.edges()[place];
        if (!is_chemical(entry)) continue;
        const EdgePopulation edges(entry);
        if (!contains(live, edges.source_population())) continue;
        const auto targets = local_cells(model, circuit.node_population(edges.target_population()).index);
        if (targets.empty()) continue;
        const int source_index = circuit.node_population(edges.source_population()).index;
        const auto target_ids = nodes_of(targets);
        const EdgeSelection mine = edges.afferent(target_ids);
        const auto& list = mine.edges;
        const auto sources = edges.sources(list);
        const auto section = edges.integers("afferent_section_id", list);
        const auto position = edges.numbers("afferent_section_pos", list);
        const auto conductance = edges.numbers("conductance", list);
        const auto decay = edges.numbers("decay_time", list);
        const auto delay = edges.numbers("delay", list);
        const auto type = edges.integers("syn_type_id", list);
        const auto use = edges.numbers("u_syn", list, 1.0), depression = edges.numbers("depression_time", list, 0.0);
        const auto facilitation = edges.numbers("facilitation_time", list, 0.0),
                   vesicles = edges.numbers("n_rrp_vesicles", list, 1.0);
        for (std::size_t t = 0; t < target_ids.size(); ++t) {
            const int c = targets.at(target_ids[t]);
            const TissueCell& cell = model.cells[c];
            for (auto i = mine.offsets[t]; i < mine.offsets[t + 1]; ++i) {
                const int compartment = compartment_at(cell, section[i], position[i], entry.name, list[i]);
                const bool inhibitory = type[i] < 100;
                if (!(decay[i] > rise_time))
                    throw UserError(Problem{fmt::format("edge {} of population '{}'", list[i], entry.name),
                                            fmt::format("has decay_time {} ms, expected more than the rise time {} ms",
                                                        decay[i], rise_time),
                                            ""});
                const auto contacts = contacted.equal_range({place, list[i]});
                const bool is_touched = !inhibitory && contacts.first != contacts.second;
                const std::int64_t alone = is_touched ? order_of(place, list[i]) : -1;
                const auto [it, is_new] = known.try_emplace({c, compartment, inhibitory, decay[i], alone});
                if (is_new) {
                    const int node = cell.blueprint->node[compartment];
                    it->second = inhibitory
                                     ? builder.add_point(cell.gid(), node, "Gaba", {{"decay", decay[i]}})
                                     : builder.add_point(cell.gid(), node, "AmpaNmda",
                                                         {{"ampa_decay", decay[i]}, {"sodium_share", sodium_share(p)}});
                    model.synapses.push_back({it->second, c, compartment, inhibitory});
                    if (is_touched) listen_to_astrocytes(contacts, cell.gid(), node, it->second, p.dt, builder);
                }
                builder.add_connection(cell_id(source_index, sources[i]), it->second,
                                       rounded_delay(delay[i], p.dt, list[i], entry.name),
                                       {conductance[i] * p.synapses.scale, std::abs(use[i]), std::abs(depression[i]),
                                        std::abs(facilitation[i]), vesicles[i]},
                                       order_of(place, list[i]));
            }
        }
    }
}

}  // namespace ngv::neuron::tissue
