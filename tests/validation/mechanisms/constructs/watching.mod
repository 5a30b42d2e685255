: WATCH on the voltage and on a state.
NEURON {
    POINT_PROCESS watching
    NONSPECIFIC_CURRENT i
    RANGE crossings, falls, high
}

PARAMETER {
    high = -50 (millivolt)
}

ASSIGNED {
    v (millivolt)
    i (nanoamp)
    crossings
    falls
}

STATE {
    s
}

INITIAL {
    s = 0
    crossings = 0
    falls = 0
    net_send(0, 1)
}

BREAKPOINT {
    SOLVE states METHOD cnexp
    i = 0.005*s*(v + 80)
}

DERIVATIVE states {
    s' = -s/6
}

NET_RECEIVE (w) {
    if (flag == 1) {
        WATCH (v > high) 2
        WATCH (s < 0.2) 3
    } else if (flag == 2) {
        crossings = crossings + 1
        s = s + 1
    } else if (flag == 3) {
        falls = falls + 1
    }
}
