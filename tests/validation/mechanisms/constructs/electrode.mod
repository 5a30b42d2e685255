: A current from outside the membrane, of a point process, with a time course.
NEURON {
    POINT_PROCESS electrode
    ELECTRODE_CURRENT i
    RANGE amp, i
}

PARAMETER {
    amp = 0.1 (nanoamp)
}

ASSIGNED {
    i (nanoamp)
}

BREAKPOINT {
    if (t > 5 && t < 40) {
        i = amp*sin(0.3*t)
    } else {
        i = 0
    }
}
