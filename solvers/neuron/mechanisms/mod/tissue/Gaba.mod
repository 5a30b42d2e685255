TITLE GABA_A receptors with vesicles, transmitter and its cost

COMMENT
Release as in AmpaNmda (Tsodyks, Pawelzik & Markram 1998). The conductance is biexponential with peak s weight; it conducts chloride at the
fixed reversal egaba. gaba_released and atp_used add up, from the start, what the spikes released and cost.
Decay per step is exact for the step at which the run was initialised.
ENDCOMMENT

NEURON {
    POINT_PROCESS Gaba
    NONSPECIFIC_CURRENT icl
    RANGE decay, g, icl, gaba_released, atp_used
    GLOBAL rise, egaba, plastic, molecules_per_vesicle, atp_per_vesicle
    THREADSAFE
}

UNITS {
    (mV) = (millivolt)
    (nA) = (nanoamp)
    (nS) = (nanosiemens)
    (mol) = (1)
}

CONSTANT {
    avogadro = 6.02214076e23
}

PARAMETER {
    rise = 0.2 (ms) <1e-9, 1e9>
    decay = 8 (ms) <1e-9, 1e9>
    egaba = -80 (mV)
    plastic = 1 <0, 1>
    molecules_per_vesicle = 4000 <0, 1e9>
    atp_per_vesicle = 24000 <0, 1e9>
}

ASSIGNED {
    v (mV)
    dt (ms)
    icl (nA)
    g (nS)
    factor
    keep_a
    keep_b
    gaba_released (mol)
    atp_used (mol)
}

STATE {
    a (nS)
    b (nS)
}

INITIAL {
    LOCAL peak
    a = 0
    b = 0
    peak = rise*decay/(decay - rise)*log(decay/rise)
    factor = 1/(exp(-peak/decay) - exp(-peak/rise))
    keep_a = exp(-dt/rise)
    keep_b = exp(-dt/decay)
    gaba_released = 0
    atp_used = 0
}

BREAKPOINT {
    SOLVE advance
    g = b - a
    icl = (1e-3)*g*(v - egaba)
}

PROCEDURE advance() {
    a = a*keep_a
    b = b*keep_b
}

UNITSOFF
NET_RECEIVE (weight (nS), use, dep (ms), fac (ms), vesicles, u, r, last (ms)) {
    LOCAL share, kept
    INITIAL {
        u = 0
        r = 1
        last = -1e30
    }
    if (plastic == 0) {
        share = use
    } else {
        kept = 0
        if (fac > 0) {
            kept = u*exp(-(t - last)/fac)
        }
        u = kept + use*(1 - kept)
        if (dep > 0) {
            r = 1 - (1 - r)*exp(-(t - last)/dep)
        } else {
            r = 1
        }
        share = u*r
        r = r - share
        last = t
    }
    a = a + share*weight*factor
    b = b + share*weight*factor
    gaba_released = gaba_released + share*vesicles*molecules_per_vesicle/avogadro
    atp_used = atp_used + share*vesicles*atp_per_vesicle/avogadro
}
UNITSON
