TITLE What an electric field drives along the inside of a cell, at one node

COMMENT
amplitude is the current for a field at full strength (nA). It begins at delay, rises linearly for ramp_up, stays for duration, falls for
ramp_down, and oscillates with frequency from delay on.
ENDCOMMENT

NEURON {
    POINT_PROCESS UniformField
    RANGE amplitude, frequency, phase, delay, duration, ramp_up, ramp_down, i
    ELECTRODE_CURRENT i
    THREADSAFE
}

UNITS {
    (nA) = (nanoamp)
    PI = (pi) (1)
}

PARAMETER {
    amplitude = 0 (nA)
    frequency = 0 (/s)
    phase = 0
    delay = 0 (ms)
    duration = 0 (ms)
    ramp_up = 0 (ms)
    ramp_down = 0 (ms)
}

ASSIGNED {
    i (nA)
}

BREAKPOINT {
    LOCAL since, ramp
    since = t - delay
    ramp = 0
    if (since >= 0 && since < ramp_up) {
        ramp = since/ramp_up
    } else if (since >= 0 && since <= ramp_up + duration) {
        ramp = 1
    } else if (since >= 0 && since < ramp_up + duration + ramp_down) {
        ramp = 1 - (since - ramp_up - duration)/ramp_down
    }
    i = amplitude*ramp*cos(2*PI*(1e-3)*frequency*since + phase)
}
