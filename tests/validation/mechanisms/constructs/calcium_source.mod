: A current of calcium, so that something accumulates.
NEURON {
    SUFFIX calcium_source
    USEION ca READ eca WRITE ica
    RANGE g
}

PARAMETER {
    g = 1e-5 (siemens/cm2)
}

ASSIGNED {
    v (millivolt)
    eca (millivolt)
    ica (milliamp/cm2)
}

BREAKPOINT {
    ica = g*(v - eca)
}
