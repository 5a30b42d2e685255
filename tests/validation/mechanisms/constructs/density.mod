: An ion's current and a nonspecific one, cnexp, a PROCEDURE and a FUNCTION.
NEURON {
    SUFFIX density
    USEION k READ ek WRITE ik
    NONSPECIFIC_CURRENT il
    RANGE gbar, gl, el
}

PARAMETER {
    gbar = 0.02 (siemens/cm2)
    gl = 0.0003 (siemens/cm2)
    el = -54.3 (millivolt)
}

ASSIGNED {
    v (millivolt)
    ek (millivolt)
    ik (milliamp/cm2)
    il (milliamp/cm2)
    ninf
    ntau (ms)
}

STATE {
    n
}

INITIAL {
    rates(v)
    n = ninf
}

BREAKPOINT {
    SOLVE states METHOD cnexp
    ik = gbar*n^4*(v - ek)
    il = gl*(v - el)
}

DERIVATIVE states {
    rates(v)
    n' = (ninf - n)/ntau
}

FUNCTION logistic(x) {
    logistic = 1/(1 + exp(-x))
}

UNITSOFF
PROCEDURE rates(v) {
    ninf = logistic((v + 40)/8)
    ntau = 1 + 4/(1 + exp((v + 55)/12))
}
UNITSON
