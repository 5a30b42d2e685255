TITLE A neuromodulator at a synapse

COMMENT
SONATA's neuromodulatory edges: an event lifts the concentration by `strength`, and it decays with `dtc`, those of the edge. The
concentration c scales the utilisation that `use` points at, by a Hill function as dose-response curves of acetylcholine have it (Ramaswamy,
Colangelo & Markram 2018, Front Neural Circuits 12:77):

  use = use0 (1 + effect c^power/(half^power + c^power)),   effect >= -1: below 0 less release, above 0 more

and not above `most`. effect, half and power depend on the modulator and the pathway; the values here are examples.
ENDCOMMENT

NEURON {
    POINT_PROCESS NeuroModulation
    POINTER use
    RANGE use0, most, decay
    GLOBAL effect, half, power
    THREADSAFE
}

UNITS {
    (uM) = (micro/liter)
}

PARAMETER {
    use0 = 0.5 <0, 1>
    most = 1 <0, 1e9>
    effect = -0.5
    half = 1 (uM) <1e-9, 1e9>
    power = 1 <1e-3, 10>
}

ASSIGNED {
    dt (ms)
    use
    decay (ms)
}

STATE {
    concentration (uM)
}

INITIAL {
    concentration = 0
    decay = 1e9
    act()
}

BREAKPOINT {
    SOLVE fade
}

PROCEDURE fade() {
    concentration = concentration*exp(-dt/decay)
    act()
}

PROCEDURE act() {
    use = use0
    if (concentration > 0) {
        use = use0*(1 + effect/(1 + (half/concentration)^power))
        if (use > most) {
            use = most
        }
    }
}

: The block INITIAL keeps what the edge gave: without one, the numbers of a connection beyond the weight are 0 at the start.
NET_RECEIVE (weight, strength (uM), dtc (ms)) {
    INITIAL {
    }
    if (weight > 0) {
        concentration = concentration + strength
        decay = dtc
        act()
    }
}
