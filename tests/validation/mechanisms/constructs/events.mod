: NET_RECEIVE with INITIAL, arguments that keep values, net_send with two flags, net_event.
NEURON {
    POINT_PROCESS events
    NONSPECIFIC_CURRENT i
    RANGE g, received, delayed
}

ASSIGNED {
    v (millivolt)
    i (nanoamp)
    received
    delayed
}

STATE {
    g (microsiemens)
}

INITIAL {
    g = 0
    received = 0
    delayed = 0
    net_send(3, 7)
}

BREAKPOINT {
    SOLVE decay METHOD cnexp
    i = g*v
}

DERIVATIVE decay {
    g' = -g/4
}

NET_RECEIVE (weight (microsiemens), count, last (ms)) {
    INITIAL {
        count = 0
        last = -1e3
    }
    if (flag == 0) {
        received = received + 1
        count = count + 1
        g = g + weight*(1 - exp(-(t - last)/10))
        last = t
        net_send(1.5, 1)
        if (count == 3) {
            net_event(t)
        }
    } else if (flag == 1) {
        g = g + 0.5*weight
        delayed = delayed + 1
    } else {
        g = g + 0.001*flag
    }
}
