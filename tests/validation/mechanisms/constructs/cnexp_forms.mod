: The forms that cnexp solves: toward a value, pure decay, constant growth, linear with mixed terms.
NEURON {
    SUFFIX cnexp_forms
    NONSPECIFIC_CURRENT i
    RANGE g
}

PARAMETER {
    g = 1e-4
    tau = 7 (ms)
}

ASSIGNED {
    v (millivolt)
    i (milliamp/cm2)
}

STATE {
    a
    b
    c
    d
}

INITIAL {
    a = 0
    b = 1
    c = 0.1
    d = 0.5
}

BREAKPOINT {
    SOLVE states METHOD cnexp
    i = g*(a + b + c + d)*(v + 60)
}

UNITSOFF
DERIVATIVE states {
    LOCAL up, down
    up = 0.02*exp((v + 65)/40)
    down = 0.05*exp(-(v + 65)/60)
    a' = (1 - a)/tau
    b' = -b/tau
    c' = 0.001
    d' = up*(1 - d) - down*d
}
UNITSON
