: The fourth-order Runge-Kutta method.
NEURON {
    SUFFIX runge_kutta
    NONSPECIFIC_CURRENT i
}

ASSIGNED {
    v (millivolt)
    i (milliamp/cm2)
}

STATE {
    x
    q
}

INITIAL {
    x = 1
    q = 0
}

BREAKPOINT {
    SOLVE states METHOD runge
    i = 0.0001*(v + 65 - 5*x)
}

DERIVATIVE states {
    x' = q
    q' = -0.5*x - 0.05*q*q
}
