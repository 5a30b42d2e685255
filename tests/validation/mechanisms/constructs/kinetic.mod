: A scheme of three states with conservation, its steady state as the start.
NEURON {
    SUFFIX kinetic
    USEION na READ ena WRITE ina
    RANGE gbar
}

PARAMETER {
    gbar = 0.01 (siemens/cm2)
}

ASSIGNED {
    v (millivolt)
    ena (millivolt)
    ina (milliamp/cm2)
}

STATE {
    shut
    open
    blocked
}

INITIAL {
    SOLVE scheme STEADYSTATE sparse
}

BREAKPOINT {
    SOLVE scheme METHOD sparse
    ina = gbar*open*(v - ena)
}

UNITSOFF
KINETIC scheme {
    LOCAL up, down
    up = exp((v + 40)/15)
    down = 0.5*exp(-(v + 40)/20)
    ~ shut <-> open (up, down)
    ~ open <-> blocked (0.8, 0.05)
    ~ blocked <-> shut (0.02, 0.001)
    CONSERVE shut + open + blocked = 1
}
UNITSON
