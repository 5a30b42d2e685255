: BEFORE and AFTER blocks around INITIAL, BREAKPOINT, SOLVE and STEP.
NEURON {
    SUFFIX before_after
    NONSPECIFIC_CURRENT i
    RANGE initials, solves, steps, drive
}

ASSIGNED {
    v (millivolt)
    i (milliamp/cm2)
    initials
    solves
    steps
    drive
}

STATE {
    s
}

BEFORE INITIAL {
    initials = 1
    steps = 0
    solves = 0
}

AFTER INITIAL {
    initials = initials + 10
}

INITIAL {
    s = 0.2
    drive = 0
}

BEFORE BREAKPOINT {
    drive = 0.01*(v + 65)
}

AFTER SOLVE {
    solves = solves + 1
    s = s + 0.001*solves/(1 + solves)
}

BEFORE STEP {
    steps = steps + 1
}

BREAKPOINT {
    SOLVE states METHOD cnexp
    i = 0.0001*(v + 50)*(1 + s) + 0.0001*drive
}

DERIVATIVE states {
    s' = (0.5 - s)/12
}
