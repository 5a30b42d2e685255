: Reactions under conditions that are known only when it runs. NEURON finds the elements of its matrix by the order in which it met them
: first, so that all branches have the same reactions there, with other rates and fluxes.
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
    pair
}

INITIAL {
    rest = 0.8
    open = 0.2
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
        ~ open + rest <-> pair (0.1, 0.05)
    } else {
        quick = 0.1
        ~ rest <-> open (0.1, quick)
        if (open > 0.15) {
            ~ open + rest <-> pair (0.4, 0.05)
        } else {
            ~ open + rest <-> pair (0.4, quick)
        }
    }
    ~ rest << (0.001)
    ~ pair -> (0.02*quick)
}
UNITSON
