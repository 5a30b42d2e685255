#include "solvers/neuron/tissue/parameters.hpp"

namespace ngv::neuron::tissue {

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
    p.reversals_follow = neuron.text("reversal_potentials") == "follow";
    p.spike_threshold = neuron.quantity("spike_threshold", "mV");
    p.interpolate_spikes = neuron.text("spike_times") == "interpolated";
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
    p.glia = {glia.quantity("kir", "S/cm2"),
              glia.quantity("ip3_production", "uM/s"),
              glia.quantity("glutamate_affinity", "uM"),
              glia.quantity("ip3_diffusion", "um2/ms"),
              glia.quantity("contact_glutamate", "uM"),
              glia.quantity("contact_decay", "ms"),
              glia.quantity("vessel_pressure", "Pa"),
              glia.quantity("crossbridge_speed", "1"),
              glia.quantity("signal_delay", "ms"),
              glia.quantity("signal_threshold", "uM"),
              glia.flag("gliotransmission"),
              glia.quantity("release_threshold", "uM")};
    p.synapses = {syn.quantity("nmda_ratio", "1"),
                  syn.quantity("magnesium", "mM"),
                  syn.quantity("gaba_reversal", "mV"),
                  syn.quantity("scale", "1"),
                  syn.quantity("molecules_per_vesicle", "1"),
                  syn.quantity("atp_per_vesicle", "1"),
                  syn.flag("plasticity")};
    return p;
}

Parameters default_parameters() {
    return read_parameters(Config::parse("name: defaults\nduration: 1 ms\ncircuit: none\nparticipants: {neuron: {}}\n",
                                         "scenario", "<defaults>")["participants"]["neuron"]);
}

}  // namespace ngv::neuron::tissue
