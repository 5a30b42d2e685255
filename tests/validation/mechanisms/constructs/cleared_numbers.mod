: NET_RECEIVE without an INITIAL block: all numbers of a connection but the weight are 0 at the start.
NEURON {
    POINT_PROCESS cleared_numbers
    RANGE sum, events
}

ASSIGNED {
    sum
    events
}

INITIAL {
    sum = 0
    events = 0
}

NET_RECEIVE (w, type, count) {
    sum = sum + w + type
    count = count + 1
    events = events + count
}
