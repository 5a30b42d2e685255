#include "solvers/neuron/tissue/membrane.hpp"

#include <algorithm>
#include <array>

#include "solvers/common/resources.hpp"
#include "solvers/neuron/engine/group.hpp"
#include "solvers/neuron/tissue/tissue_model.hpp"

namespace ngv::neuron::tissue {

namespace {

/// Place of a section type in [soma, axon, dendrites].
int kind_of(int section_type) {
    return section_type == static_cast<int>(SectionType::soma)   ? 0
           : section_type == static_cast<int>(SectionType::axon) ? 1
                                                                 : 2;
}

}  // namespace

std::shared_ptr<const Blueprint> make_blueprint(const CableCell& cable, const Parameters& p, bool astrocyte) {
    Blueprint cell;
    const int n = cable.num_nodes();
    cell.parent = cable.parent;
    cell.rinv = cable.g_parent;
    cell.area = cable.area;
    cell.volume = cable.volume;
    cell.diam.assign(n, 0);
    for (int c = 0; c < cable.num_compartments(); ++c) cell.diam[cable.node[c]] = cable.diameter[c];
    cell.cm.assign(n, p.capacitance);
    cell.node = cable.node;
    cell.section = cable.section;
    cell.position = cable.position;
    cell.section_type = cable.section_type;
    cell.length = cable.length;
    cell.pieces = cable.pieces;
    cell.first_compartment = cable.first_compartment;
    cell.soma = cable.soma_node();

    std::vector<int> nodes = cable.node;
    std::sort(nodes.begin(), nodes.end());
    auto at_compartments = [&](auto value_of_compartment) {
        std::vector<double> by_node(n), values;
        for (int c = 0; c < cable.num_compartments(); ++c) by_node[cable.node[c]] = value_of_compartment(c);
        for (int k : nodes) values.push_back(by_node[k]);
        return values;
    };
    auto by_section = [&](const std::array<double, 3>& values) {
        return at_compartments([&](int c) { return values[kind_of(cable.section_type[c])]; });
    };
    auto insert = [&](const char* mechanism, std::map<std::string, std::vector<double>> values) {
        cell.densities.push_back({mechanism, nodes, std::move(values)});
    };
    const MembraneParameters& m = astrocyte ? p.astrocyte : p.neuron;
    insert("ion_pools",
           {{"per_in", at_compartments([&](int c) { return cable.area[cable.node[c]] / cable.volume[cable.node[c]]; })},
            {"ca_free", {p.calcium_free}}});
    if (astrocyte) {
        insert("kir", {{"gbar", {p.glia.kir}}});
        insert("glia_calcium", {});
    } else {
        if (p.squid_channels) {
            insert("hh", {{"gnabar", by_section(p.gna)}, {"gkbar", by_section(p.gk)}, {"gl", {0}}});
        } else {
            insert("hh_cortical",
                   {{"gnabar", by_section(p.gna)}, {"gkbar", by_section(p.gk)}, {"vt", {p.threshold_shift}}});
        }
        insert("calcium_hva", {{"gcabar", by_section(p.gca)}});
    }
    if (m.pump > 0) insert("na_k_pump", {{"imax", {m.pump}}});
    insert("calcium_pump", {{"imax", {m.calcium_pump}}});
    insert("ion_leak", {{"gcl", {m.gcl}}, {"ecl", {m.v_init}}});
    const std::tuple<const char*, double, double> ions[] = {{"na", m.na_i, p.na_o}, {"k", m.k_i, p.k_o},
                                                            {"ca", p.ca_i, p.ca_o}, {"atp", p.atp, 0},
                                                            {"adp", p.adp, 0},      {"glu", 0, 0}};
    for (auto [ion, in, out] : ions) cell.ions.push_back({ion, nodes, {{"in", {in}}, {"out", {out}}}});
    return std::make_shared<const Blueprint>(std::move(cell));
}

namespace {

constexpr int points = 4;  // of the synapses that are measured, on each compartment

/// Of all compartments of eight cells, each with some synapses of a kind (nullptr: none); the least of three runs.
double measure_cells(const Parameters& p, const std::shared_ptr<const Blueprint>& cell, const char* synapse = nullptr) {
    EngineBuilder builder = make_builder(p);
    for (std::int64_t gid = 0; gid < lanes; ++gid) {
        builder.add_cell(gid, cell);
        for (int k = 0; synapse && k < points * cell->num_compartments(); ++k)
            builder.add_point(gid, cell->node[static_cast<std::size_t>(k / points)], synapse);
    }
    auto simulation = builder.build(MPI_COMM_SELF);
    simulation->initialise();
    constexpr int steps = 100;
    double best = 1e300;
    for (int repeat = 0; repeat < 3; ++repeat) {
        Timer timer;
        simulation->advance(steps);
        best = std::min(best, timer.seconds());
    }
    return best / (steps * lanes);
}

}  // namespace

Costs measure_costs(const Parameters& p) {
    Morphology shape;
    shape.sections = {{static_cast<int>(SectionType::soma), -1, {{0, 0, 0, 15}, {15, 0, 0, 15}}},
                      {3, 0, {{15, 0, 0, 1.5}, {615, 0, 0, 1.5}}}};
    CableOptions options;
    options.axial_resistivity = p.axial_resistivity;
    options.nseg = {1, 31};
    const auto cable = build_cable(shape, options);
    const auto neuron = make_blueprint(cable, p, false);
    const double alone = measure_cells(p, neuron), n = cable.num_compartments();
    const auto of_synapse = [&](const char* kind) {
        return std::max(0.0, measure_cells(p, neuron, kind) - alone) / (n * points);
    };
    return {alone / n, measure_cells(p, make_blueprint(cable, p, true)) / n, of_synapse("AmpaNmda"),
            of_synapse("Gaba")};
}

EngineBuilder make_builder(const Parameters& p) {
    SimulationOptions options;
    options.dt = p.dt;
    options.celsius = p.celsius;
    options.v_init = p.neuron.v_init;
    options.interpolate_spikes = p.interpolate_spikes;
    options.correct_currents = true;  // every charge that the voltage feels is in the ions' budgets
    EngineBuilder b(options);
    b.add_catalogue(tissue_mechanisms());
    for (const char* ion : {"na", "k", "ca", "atp", "adp", "glu"}) b.own_concentrations(ion, p.reversals_follow);
    for (const char* ion : {"na", "k", "ca", "atp"}) b.track_efflux(ion);
    for (const char* conductance : {"gna", "gk", "gca", "ecl"}) b.expose("ion_leak", conductance);
    for (const char* room : {"per_out_na", "per_out_k", "per_out_ca", "per_in_energy"}) b.expose("ion_pools", room);
    for (const char* variable : {"ip3", "ca"}) b.expose("glia_calcium", variable);
    for (const char* synapse : {"AmpaNmda", "Gaba", "GliaContact"})
        b.set_global(synapse, "plastic", p.synapses.plasticity);
    for (const char* synapse : {"AmpaNmda", "Gaba"}) {
        b.set_global(synapse, "molecules_per_vesicle", p.synapses.molecules_per_vesicle);
        b.set_global(synapse, "atp_per_vesicle", p.synapses.atp_per_vesicle);
        b.expose(synapse, "atp_used");
    }
    b.expose("AmpaNmda", "glutamate_released");
    b.expose("Gaba", "gaba_released");
    b.set_global("AmpaNmda", "nmda_ratio", p.synapses.nmda_ratio);
    b.set_global("AmpaNmda", "magnesium", p.synapses.magnesium);
    b.set_global("Gaba", "egaba", p.synapses.gaba_reversal);
    b.set_global("glia_calcium", "ip3_production", p.glia.ip3_production);
    b.set_global("glia_calcium", "glutamate_affinity", p.glia.glutamate_affinity);
    b.set_global("glia_calcium", "ip3_diffusion", p.glia.ip3_diffusion);
    b.set_global("glia_calcium", "contact_decay", p.glia.contact_decay);
    b.set_global("GliaContact", "contact_glutamate", p.glia.contact_glutamate);
    b.set_global("VesselWall", "pressure", p.glia.vessel_pressure);
    b.set_global("VesselWall", "crossbridge_speed", p.glia.crossbridge_speed);
    b.set_global("VesselWall", "signal_delay", p.glia.signal_delay);
    b.set_global("VesselWall", "signal_threshold", p.glia.signal_threshold);
    b.set_global("Gliotransmission", "calcium_threshold", p.glia.release_threshold);
    b.expose("VesselWall", "radius");
    b.expose("VesselWall", "found");
    return b;
}

}  // namespace ngv::neuron::tissue
