: net_move: the one self event that is under way comes at another time.
NEURON {
    ARTIFICIAL_CELL moving
    RANGE fired
}

ASSIGNED {
    fired
}

INITIAL {
    fired = 0
    net_send(20, 1)
}

NET_RECEIVE (w) {
    if (flag == 1) {
        fired = fired + 1
        net_event(t)
        net_send(20, 1)
    } else {
        net_move(t + w)
    }
}
