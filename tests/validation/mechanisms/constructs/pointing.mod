: A POINTER to a variable elsewhere.
NEURON {
    POINT_PROCESS pointing
    POINTER other
    NONSPECIFIC_CURRENT i
    RANGE g, i
}

PARAMETER {
    g = 0.001 (microsiemens)
}

ASSIGNED {
    v (millivolt)
    other
    i (nanoamp)
}

BREAKPOINT {
    i = g*(v - other)
}
