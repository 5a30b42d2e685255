: RANDOM: uniform, exponential and normal numbers of one stream.
NEURON {
    POINT_PROCESS stochastic
    NONSPECIFIC_CURRENT i
    RANGE amplitude
    RANDOM rng
}

ASSIGNED {
    v (millivolt)
    i (nanoamp)
    amplitude
}

STATE {
    x
}

INITIAL {
    random_setseq(rng, 0)
    x = 0
    amplitude = random_uniform(rng)
}

BREAKPOINT {
    SOLVE draw
    i = -0.01*x
}

PROCEDURE draw() {
    x = 0.9*x + 0.2*random_normal(rng) + 0.05*random_negexp(rng) + 0.01*random_uniform(rng)
}
