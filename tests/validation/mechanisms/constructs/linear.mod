: A LINEAR block gives the start.
NEURON {
    SUFFIX linear
    NONSPECIFIC_CURRENT i
}

ASSIGNED {
    v (millivolt)
    i (milliamp/cm2)
}

STATE {
    x
    q
    z
}

INITIAL {
    SOLVE balance
}

BREAKPOINT {
    SOLVE decay METHOD cnexp
    i = 0.0001*(x + 2*q + 3*z)*(v + 50)
}

LINEAR balance {
    ~ 2*x - q = 0.5
    ~ x + 3*q - z = 1
    ~ x + q + z = 2
}

DERIVATIVE decay {
    x' = -x/3
    q' = -q/9
    z' = -z/27
}
