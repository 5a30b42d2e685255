TITLE Poisson spikes of a rate that may vary

COMMENT
Thinning (Muller, Buesing, Schemmel & Meier 2007, Neural Comput 19:2958): candidates come as a Poisson process of the rate rmax, and one is a spike
with the probability rate/rmax of that moment. A rate that varies is played into `rate` and stays below rmax. Intervals are drawn from exp_rng,
whose first number is dropped as in the published stimulus; the choice from uniform_rng. No candidate at or after start + duration.
ENDCOMMENT

NEURON {
    ARTIFICIAL_CELL InhPoissonStim
    RANGE rate, rmax, start, duration
    RANDOM exp_rng, uniform_rng
    THREADSAFE
}

PARAMETER {
    rate = 1 (/s) <0, 1e9>
    rmax = 1 (/s) <0, 1e9>
    start = 0 (ms)
    duration = 1e6 (ms) <0, 1e9>
}

ASSIGNED {
    event (ms)
    dropped
}

INITIAL {
    random_setseq(exp_rng, 0)
    random_setseq(uniform_rng, 0)
    dropped = random_negexp(exp_rng)
    event = interval()
    if (t + event < start + duration) {
        net_send(event, 1)
    }
}

: To the next candidate.
FUNCTION interval() (ms) {
    interval = 1e9
    if (rmax > 0) {
        interval = (1000)/rmax*random_negexp(exp_rng)
    }
}

NET_RECEIVE (w) {
    if (flag == 1) {
        event = interval()
        if (t + event < start + duration) {
            net_send(event, 1)
        }
        if (random_uniform(uniform_rng) < rate/rmax) {
            net_event(t)
        }
    }
}
