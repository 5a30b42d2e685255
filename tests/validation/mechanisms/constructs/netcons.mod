: FOR_NETCONS: an event changes the weights of all connections.
NEURON {
    POINT_PROCESS netcons
    NONSPECIFIC_CURRENT i
    RANGE total
}

ASSIGNED {
    v (millivolt)
    i (nanoamp)
    total
}

STATE {
    g (microsiemens)
}

INITIAL {
    g = 0
    total = 0
}

BREAKPOINT {
    SOLVE decay METHOD cnexp
    i = g*v
}

DERIVATIVE decay {
    g' = -g/3
}

NET_RECEIVE (w, trace) {
    INITIAL {
        trace = 0
    }
    g = g + w
    trace = trace + 1
    total = 0
    FOR_NETCONS (w, trace) {
        w = 0.9*w
        total = total + trace
    }
}
