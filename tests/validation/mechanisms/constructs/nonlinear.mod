: A NONLINEAR block gives the start.
NEURON {
    SUFFIX nonlinear
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
    q = 1
    SOLVE balance
}

BREAKPOINT {
    SOLVE decay METHOD cnexp
    i = 0.0002*(x + q)*(v + 50)
}

NONLINEAR balance {
    ~ x*x + q*q = 4
    ~ x*q*q = 3
}

DERIVATIVE decay {
    x' = -x/5
    q' = -q/11
}
