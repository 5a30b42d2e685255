#include "solvers/neuron/model/parameters.hpp"

namespace ngv::neuron {

namespace {

std::array<double, 3> densities(const Config& cells, const char* key) {
    const auto values = cells.quantities(key, "S/cm2");
    if (values.size() != 3)
        throw cells.error(key, "has " + std::to_string(values.size()) + " values, expected 3: [soma, axon, dendrites]");
    return {values[0], values[1], values[2]};
}

}  // namespace

Parameters read_parameters(const Config& neuron) {
    const Config cells = neuron["cells"], glia = neuron["astrocytes"], outside = neuron["extracellular"],
                 syn = neuron["synapses"];
    Parameters p{};
    p.dt = to_ms(neuron.ticks("dt"));
    if (!(p.dt > 0)) throw neuron.error("dt", "must be positive");
    p.celsius = neuron.quantity("celsius", "1");
    p.axial_resistivity = cells.quantity("axial_resistivity", "ohm cm");
    p.capacitance = cells.quantity("capacitance", "uF/cm2");
    p.calcium_free = cells.quantity("calcium_free", "1");
    p.ca_i = cells.quantity("Ca_i", "mM");
    p.atp = cells.quantity("ATP", "mM");
    p.adp = cells.quantity("ADP", "mM");
    p.na_o = outside.quantity("Na_o", "mM");
    p.k_o = outside.quantity("K_o", "mM");
    p.ca_o = outside.quantity("Ca_o", "mM");
    p.squid_channels = cells.text("channels") == "squid";
    p.threshold_shift = cells.quantity("threshold_shift", "mV");
    p.gna = densities(cells, "gna");
    p.gk = densities(cells, "gk");
    p.gca = densities(cells, "gca");
    for (auto [m, c] : {std::pair{&p.neuron, &cells}, {&p.astrocyte, &glia}})
        *m = {c->quantity("v_init", "mV"),   c->quantity("compartment_length", "um"), c->quantity("gcl", "S/cm2"),
              c->quantity("pump", "mA/cm2"), c->quantity("calcium_pump", "mA/cm2"),   c->quantity("Na_i", "mM"),
              c->quantity("K_i", "mM")};
    p.kir = glia.quantity("kir", "S/cm2");
    auto& ca = p.pathway.calcium;
    ca.ip3_production = glia.quantity("ip3_production", "uM/s");
    ca.glutamate_affinity = glia.quantity("glutamate_affinity", "uM");
    ca.ip3_diffusion = glia.quantity("ip3_diffusion", "um2/ms");
    ca.contact_glutamate = glia.quantity("contact_glutamate", "uM");
    ca.contact_decay = glia.quantity("contact_decay", "ms");
    auto& wall = p.pathway.wall;
    wall.pressure = glia.quantity("vessel_pressure", "Pa");
    wall.crossbridge_speed = glia.quantity("crossbridge_speed", "1");
    wall.signal_delay = glia.quantity("signal_delay", "ms");
    wall.signal_threshold = glia.quantity("signal_threshold", "uM");
    p.synapses.nmda_ratio = syn.quantity("nmda_ratio", "1");
    p.synapses.magnesium = syn.quantity("magnesium", "mM");
    p.synapses.gaba_reversal = syn.quantity("gaba_reversal", "mV");
    p.synapse_scale = syn.quantity("scale", "1");
    p.plasticity = syn.flag("plasticity");
    p.network.spike_threshold = neuron.quantity("spike_threshold", "mV");
    p.network.molecules_per_vesicle = syn.quantity("molecules_per_vesicle", "1");
    p.network.atp_per_vesicle = syn.quantity("atp_per_vesicle", "1");
    return p;
}

Parameters default_parameters() {
    return read_parameters(Config::parse("name: defaults\nduration: 1 ms\ncircuit: none\nparticipants: {neuron: {}}\n",
                                         "scenario", "<defaults>")["participants"]["neuron"]);
}

}  // namespace ngv::neuron
