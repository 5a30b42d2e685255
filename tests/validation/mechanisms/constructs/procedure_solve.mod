: SOLVE of a PROCEDURE: runs once a step, after the voltages.
NEURON {
    SUFFIX procedure_solve
    NONSPECIFIC_CURRENT i
    RANGE count
}

ASSIGNED {
    v (millivolt)
    dt (ms)
    i (milliamp/cm2)
    count
    keep
}

STATE {
    s
}

INITIAL {
    s = 1
    count = 0
    keep = exp(-dt/5)
}

BREAKPOINT {
    SOLVE advance
    i = 0.0002*s*(v + 30)
}

PROCEDURE advance() {
    s = s*keep + 0.001*(v + 65)
    count = count + 1
}
