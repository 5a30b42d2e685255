: GLOBALs of another mechanism, and of NEURON's own.
NEURON {
    SUFFIX external_global
    NONSPECIFIC_CURRENT i
    RANGE g
    EXTERNAL half_table, usetable_hh
}

PARAMETER {
    g = 1e-4 (siemens/cm2)
}

ASSIGNED {
    v (millivolt)
    i (milliamp/cm2)
    start (millivolt)
}

STATE {
    x
}

INITIAL {
    start = half_table
    x = 0
}

BREAKPOINT {
    SOLVE states METHOD cnexp
    i = g*(1 + usetable_hh)*(v - start)*x
}

DERIVATIVE states {
    x' = (1 - x)/(-half_table/10)
}
