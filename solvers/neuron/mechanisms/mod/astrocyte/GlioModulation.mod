TITLE Gliotransmitter at a synapse

COMMENT
De Pitta, Volman, Berry & Ben-Jacob 2011, PLoS Comput Biol 7:e1002293; numbers of De Pitta & Brunel 2016, Neural Plast 2016:7607924.
A release of the astrocyte empties a share of its vesicles into the space around the synapse; what is there binds to receptors of the
terminal, and the bound share gamma of them moves the utilisation of the synapse from use0 towards bound_use:

  event: released = release_share vesicles,  glutamate += volume_ratio vesicle_glutamate released
  use = use0 (1 - gamma) + bound_use gamma

bound_use below use0: release goes down (the default); above: up. `use` points at the utilisation of the synapse.
ENDCOMMENT

NEURON {
    POINT_PROCESS GlioModulation
    POINTER use
    RANGE use0
    GLOBAL release_share, vesicle_recovery, vesicle_glutamate, volume_ratio, clearance, binding, unbinding, bound_use
    THREADSAFE
}

UNITS {
    (uM) = (micro/liter)
    (mM) = (milli/liter)
}

PARAMETER {
    use0 = 0.5 <0, 1>
    release_share = 0.6 <0, 1>
    vesicle_recovery = 0.6 (/s) <0, 1e9>
    vesicle_glutamate = 200 (mM) <0, 1e9>
    volume_ratio = 6.5e-4 <0, 1>
    clearance = 60 (/s) <0, 1e9>
    binding = 1.5 (/uM/s) <0, 1e9>
    unbinding = 8.333333333333333e-3 (/s) <1e-9, 1e9>
    bound_use = 0 <0, 1>
}

ASSIGNED {
    dt (ms)
    use
}

STATE {
    vesicles
    glutamate (uM)
    gamma
}

INITIAL {
    vesicles = 1
    glutamate = 0
    gamma = 0
    act()
}

BREAKPOINT {
    SOLVE fade
}

: Exact for the glutamate at the begin of the step.
PROCEDURE fade() {
    LOCAL on, off
    on = (1e-3)*binding*glutamate
    off = (1e-3)*unbinding
    gamma = gamma + (1 - exp(-dt*(on + off)))*(on/(on + off) - gamma)
    glutamate = glutamate*exp(-(1e-3)*dt*clearance)
    vesicles = 1 - (1 - vesicles)*exp(-(1e-3)*dt*vesicle_recovery)
    act()
}

PROCEDURE act() {
    use = use0*(1 - gamma) + bound_use*gamma
}

NET_RECEIVE (weight) {
    LOCAL released
    released = release_share*vesicles
    vesicles = vesicles - released
    glutamate = glutamate + (1e3)*volume_ratio*vesicle_glutamate*released
}
