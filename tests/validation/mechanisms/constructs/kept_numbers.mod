: NET_RECEIVE with an INITIAL block: the numbers of a connection are kept at the start.
NEURON {
    POINT_PROCESS kept_numbers
    RANGE sum, kind
}

ASSIGNED {
    sum
    kind
}

INITIAL {
    sum = 0
    kind = 0
}

NET_RECEIVE (w, scratch, type) {
    INITIAL {
        scratch = 2*w
    }
    scratch = w*type
    sum = sum + scratch
    kind = type
}
