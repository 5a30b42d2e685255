TITLE Gap junction, one side

COMMENT
i = g (v - vgap), g in nS; vgap is the voltage on the other side, which the solver transfers after each step.
ENDCOMMENT

NEURON {
    POINT_PROCESS Gap
    NONSPECIFIC_CURRENT i
    RANGE g, vgap, i
    THREADSAFE
}

UNITS {
    (mV) = (millivolt)
    (nA) = (nanoamp)
    (nS) = (nanosiemens)
}

PARAMETER {
    g = 1 (nS)
}

ASSIGNED {
    v (mV)
    vgap (mV)
    i (nA)
}

BREAKPOINT {
    i = (v - vgap)*(g*(1e-3))
}
