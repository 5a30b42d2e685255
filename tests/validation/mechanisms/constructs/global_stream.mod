: scop_random and what is made of it: NEURON draws from one stream of the whole process.
NEURON {
    POINT_PROCESS global_stream
    NONSPECIFIC_CURRENT i
    RANGE level, waited, jump, events
}

UNITS {
    (nA) = (nanoamp)
    (mV) = (millivolt)
}

PARAMETER {
    seed = 7
}

ASSIGNED {
    v (mV)
    i (nA)
    level
    waited (ms)
    jump
    events
}

INITIAL {
    set_seed(seed)
    level = scop_random()
    waited = 0
    jump = 0
    events = 0
}

BREAKPOINT {
    SOLVE draw
    i = 0.001*(v + 60)*level + 0.001*jump
}

PROCEDURE draw() {
    level = 0.9*level + 0.1*scop_random()
    waited = exprand(2.5)
    jump = normrand(1, 0.5)
}

NET_RECEIVE(w) {
    events = events + poisrand(3*w)
}
