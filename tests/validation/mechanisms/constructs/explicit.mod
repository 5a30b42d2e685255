: The explicit method on a nonlinear system.
NEURON {
    SUFFIX explicit
    NONSPECIFIC_CURRENT i
}

ASSIGNED {
    v (millivolt)
    i (milliamp/cm2)
}

STATE {
    prey
    predator
}

INITIAL {
    prey = 1
    predator = 0.5
}

BREAKPOINT {
    SOLVE states METHOD euler
    i = 0.0001*(v + 55)*prey
}

DERIVATIVE states {
    prey' = 0.3*prey - 0.4*prey*predator
    predator' = 0.25*prey*predator - 0.2*predator
}
