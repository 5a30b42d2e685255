: at_time() as a condition, state_discontinuity() in BREAKPOINT, and a v of its own in INITIAL.
NEURON {
    POINT_PROCESS timed
    NONSPECIFIC_CURRENT i
    RANGE first, every, solved, begin
}

PARAMETER {
    first = 3 (ms)
    every = 7 (ms)
    rise = 2 (ms)
    fall = 8 (ms)
}

ASSIGNED {
    v (millivolt)
    i (nanoamp)
    g (microsiemens)
    solved
    begin (millivolt)
}

STATE {
    a
    b
}

INITIAL {
    v = -50
    look()
    a = 0
    b = 0
    solved = 0
}

BREAKPOINT {
    LOCAL k
    SOLVE decay METHOD cnexp
    SOLVE count METHOD after_cvode
    FROM k = 0 TO 3 {
        IF (at_time(first + k*every)) {
            state_discontinuity(a, a + 1)
            state_discontinuity(b, b + 1)
        }
    }
    g = 0.002*(b - a)
    i = g*v
}

PROCEDURE look() {
    begin = v + 1
}

PROCEDURE count() {
    if (at_time(first)) {
        solved = solved + 1
    }
}

DERIVATIVE decay {
    a' = -a/rise
    b' = -b/fall
}
