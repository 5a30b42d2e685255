: Diffusion along the section.
NEURON {
    SUFFIX longitudinal
    NONSPECIFIC_CURRENT i
    RANGE start
}

UNITS {
    PI = (pi) (1)
}

PARAMETER {
    start = 0
    D = 2 (micron2/ms)
}

ASSIGNED {
    v (millivolt)
    i (milliamp/cm2)
    diam (micron)
}

STATE {
    c
}

INITIAL {
    c = start
}

BREAKPOINT {
    SOLVE spread METHOD sparse
    i = 1e-5*c*(v + 65 - 20)
}

KINETIC spread {
    COMPARTMENT PI*diam*diam/4 {c}
    LONGITUDINAL_DIFFUSION D*PI*diam*diam/4 {c}
    ~ c << (0.02*PI*diam*diam/4)
}
