TITLE Release of gliotransmitter by an astrocyte

COMMENT
De Pitta, Volman, Berry & Ben-Jacob 2011, PLoS Comput Biol 7:e1002293: whenever the calcium that `calcium` points at crosses
calcium_threshold upwards, the astrocyte releases. A release is an event (net_event); GlioModulation of the synapse receives it.
per_uM: what 1 uM is in the unit of that calcium.
ENDCOMMENT

NEURON {
    POINT_PROCESS Gliotransmission
    POINTER calcium
    RANGE per_uM, released
    GLOBAL calcium_threshold
    THREADSAFE
}

UNITS {
    (uM) = (micro/liter)
}

PARAMETER {
    per_uM = 1
    calcium_threshold = 0.5 (uM) <0, 1e9>
}

ASSIGNED {
    calcium
    released
}

INITIAL {
    released = 0
    net_send(0, 1)
}

UNITSOFF
NET_RECEIVE (weight) {
    if (flag == 1) {
        WATCH (calcium > calcium_threshold*per_uM) 2
    } else if (flag == 2) {
        released = released + 1
        net_event(t)
    }
}
UNITSON
