: A DISCRETE block: states that change once a step by assignment.
NEURON {
    SUFFIX discrete
    NONSPECIFIC_CURRENT i
    RANGE count
}

UNITS {
    (mA) = (milliamp)
    (mV) = (millivolt)
}

ASSIGNED {
    v (mV)
    i (mA/cm2)
    count
}

STATE {
    s
    q
}

INITIAL {
    s = 1
    q = 2
    count = 0
}

BREAKPOINT {
    SOLVE next
    i = 0.0001*(v + 65)*s + 0.0001*q
}

DISCRETE next {
    s = s*0.99 + 0.001*q*(v + 70)
    q = 3.6*q*(1 - q/4)
    count = count + 1
}
