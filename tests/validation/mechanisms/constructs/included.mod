: INCLUDE of a file beside this one.
NEURON {
    SUFFIX included
    NONSPECIFIC_CURRENT i
}

ASSIGNED {
    v (millivolt)
    i (milliamp/cm2)
}

BREAKPOINT {
    i = 0.0002*shared(v)*(v + 60)
}

INCLUDE "shared.inc"
