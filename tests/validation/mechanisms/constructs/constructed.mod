: CONSTRUCTOR and DESTRUCTOR.
NEURON {
    POINT_PROCESS constructed
    NONSPECIFIC_CURRENT i
    RANGE made, g
}

PARAMETER {
    g = 0.001 (microsiemens)
}

ASSIGNED {
    v (millivolt)
    i (nanoamp)
    made
}

CONSTRUCTOR {
    made = 3
}

DESTRUCTOR {
    made = 0
}

BREAKPOINT {
    i = g*made*(v + 60)
}
