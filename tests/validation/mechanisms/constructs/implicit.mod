: A nonlinear system, solved implicitly (FitzHugh & Nagumo's cubic).
NEURON {
    SUFFIX implicit
    NONSPECIFIC_CURRENT i
    RANGE drive
}

PARAMETER {
    drive = 0.6
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
    x = -1
    q = -0.5
}

BREAKPOINT {
    SOLVE states METHOD derivimplicit
    i = 0.001*(v + 65 - 10*x)
}

DERIVATIVE states {
    x' = (x - x*x*x/3 - q + drive)/1
    q' = 0.08*(x + 0.7 - 0.8*q)
}
