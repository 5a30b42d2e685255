TITLE A conductance stimulus that is part of the membrane

COMMENT
SEClamp's circuit as a current of the membrane: i = (v - vc)/rs. A conductance stimulus plays 1/g into rs (MOhm) with amp1 as its reversal.
ENDCOMMENT

NEURON {
    POINT_PROCESS ConductanceSource
    NONSPECIFIC_CURRENT i
    RANGE dur1, amp1, dur2, amp2, dur3, amp3, rs, vc, i
    THREADSAFE
}

UNITS {
    (mV) = (millivolt)
    (nA) = (nanoamp)
    (Mohm) = (megohm)
}

PARAMETER {
    rs = 1 (Mohm) <1e-9, 1e9>
    dur1 = 0 (ms)
    amp1 = 0 (mV)
    dur2 = 0 (ms) <0, 1e9>
    amp2 = 0 (mV)
    dur3 = 0 (ms) <0, 1e9>
    amp3 = 0 (mV)
}

ASSIGNED {
    v (mV)
    i (nA)
    vc (mV)
    on
}

INITIAL {
    on = 0
}

BREAKPOINT {
    on = 1
    if (t < dur1) {
        vc = amp1
    } else if (t < dur1 + dur2) {
        vc = amp2
    } else if (t < dur1 + dur2 + dur3) {
        vc = amp3
    } else {
        vc = 0
        on = 0
    }
    if (on) {
        i = (v - vc)/rs
    } else {
        i = 0
    }
}
