: Reads a current, writes a concentration; the reversal potential follows.
NEURON {
    SUFFIX accumulation
    USEION k READ ik WRITE ko
    RANGE depth
}

UNITS {
    FARADAY = (faraday) (coulomb)
}

PARAMETER {
    depth = 0.02 (micron)
}

ASSIGNED {
    ik (milliamp/cm2)
}

STATE {
    ko (milli/liter)
}

BREAKPOINT {
    SOLVE states METHOD cnexp
}

DERIVATIVE states {
    ko' = ik*(1e4)/(FARADAY*depth) - (ko - 2.5)/100
}
