TITLE A stimulus that enters as a membrane current

COMMENT
IClamp's pulse as a current of the membrane: same effect on the voltage, but part of the membrane current (and so of extracellular fields).
A positive amp depolarizes, i = -amp.
ENDCOMMENT

NEURON {
    POINT_PROCESS MembraneCurrentSource
    NONSPECIFIC_CURRENT i
    RANGE del, dur, amp, i
    THREADSAFE
}

UNITS {
    (nA) = (nanoamp)
}

PARAMETER {
    del = 0 (ms)
    dur = 0 (ms) <0, 1e9>
    amp = 0 (nA)
}

ASSIGNED {
    i (nA)
}

INITIAL {
    i = 0
}

BREAKPOINT {
    if (t < del + dur && t >= del) {
        i = -amp
    } else {
        i = 0
    }
}
