// Numbers of the astrocyte's pathway from glutamate to the radius of a vessel. Defaults stand in configs/schema.yaml;
// the initial values here are for tests and are the same.
#pragma once

namespace ngv::neuron {

/// De Pitta, Goldberg, Volman, Berry & Ben-Jacob 2009, J Biol Phys 35:383 (IP3), Li & Rinzel 1994, J Theor Biol 166:461
/// (Ca2+).
struct CalciumParameters {
    double ip3_production = 6;        ///< uM/s, largest production of the glutamate receptors (PLC beta)
    double glutamate_affinity = 1.3;  ///< uM
    double ip3_diffusion = 2.5;       ///< um2/ms along the processes
    double contact_glutamate = 20;    ///< uM by which a released share of 1 at a contact raises glutamate there
    double contact_decay = 100;       ///< ms
};

/// Wall: vascouplingB (specs flow 1.8); cross bridges: Hai & Murphy 1988, Am J Physiol 254:C99.
struct WallParameters {
    double relaxed_ratio = 0.6;        ///< alpha: unstressed radius of the fully active wall over the passive one
    double passive_elasticity = 66e3;  ///< Pa
    double active_elasticity = 233e3;  ///< Pa
    double pressure = 4000;            ///< transmural, Pa
    double viscosity = 1e7;            ///< Pa ms
    double thickness = 3;              ///< um, of the passive wall
    double muscle_calcium = 0.3;       ///< uM at rest
    double calcium_fall = 0.8;         ///< share of it that a full signal takes away
    double crossbridge_speed = 6;      ///< times Hai & Murphy's rates, which are of a large artery
    double signal_threshold = 0.15;    ///< uM, endfoot calcium of half the signal
    double signal_delay = 100;         ///< ms, time constant of the signal from endfoot to muscle
};

struct AstrocyteParameters {
    CalciumParameters calcium;
    WallParameters wall;
    double dt = 1;  ///< ms; the pathway's own step
};

}  // namespace ngv::neuron
