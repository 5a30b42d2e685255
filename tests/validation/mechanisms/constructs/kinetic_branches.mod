: Reactions under conditions that are known only when it runs, nested; a sum of two species that the voltage switches on.
NEURON {
    SUFFIX kinetic_branches
    NONSPECIFIC_CURRENT i
    RANGE g, flow
}

PARAMETER {
    g = 2e-4 (siemens/cm2)
    switch = -60 (millivolt)
}

ASSIGNED {
    v (millivolt)
    i (milliamp/cm2)
    flow
}

STATE {
    rest
    open
    slow
    pair
}

INITIAL {
    rest = 0.8
    open = 0.2
    slow = 0
    pair = 0
}

BREAKPOINT {
    SOLVE scheme METHOD sparse
    i = g*open*(v - 10)
}

UNITSOFF
KINETIC scheme {
    LOCAL quick
    COMPARTMENT 2 {pair}
    quick = 0.5
    if (v < switch) {
        ~ rest <-> open (quick, 0.2)
        flow = f_flux - b_flux
    } else {
        quick = 0.1
        ~ open <-> slow (0.3, quick)
        if (open > 0.3) {
            ~ open + rest <-> pair (0.4, 0.05)
        } else if (slow > 0.1) {
            ~ slow -> (0.02)
        }
    }
    ~ rest << (0.001)
    ~ pair <-> slow (quick, 0.02)
}
UNITSON
