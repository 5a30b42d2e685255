TITLE Neuro-glial contact

COMMENT
A presynaptic spike raises glutamate at the astrocyte's membrane by the released share times contact_glutamate; the share is that of the
synapse (see AmpaNmda; use_factor is that of all synapses here). `level` points at `contact` of glia_calcium in the same compartment, where the rise decays.
ENDCOMMENT

NEURON {
    POINT_PROCESS GliaContact
    POINTER level
    RANGE use_factor
    GLOBAL contact_glutamate, plastic
    THREADSAFE
}

UNITS {
    (uM) = (micro/liter)
}

PARAMETER {
    contact_glutamate = 20 (uM) <0, 1e9>
    plastic = 1 <0, 1>
    use_factor = 1 <0, 1>
}

ASSIGNED {
    level (uM)
}

UNITSOFF
NET_RECEIVE (weight, use, dep (ms), fac (ms), vesicles, u, r, last (ms)) {
    LOCAL share, kept, now
    INITIAL {
        u = 0
        r = 1
        last = -1e30
    }
    now = use*use_factor
    if (plastic == 0) {
        share = now
    } else {
        kept = 0
        if (fac > 0) {
            kept = u*exp(-(t - last)/fac)
        }
        u = kept + now*(1 - kept)
        if (dep > 0) {
            r = 1 - (1 - r)*exp(-(t - last)/dep)
        } else {
            r = 1
        }
        share = u*r
        r = r - share
        last = t
    }
    level = level + share*contact_glutamate
}
UNITSON
