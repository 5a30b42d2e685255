TITLE Leaky integrator that fires when it reaches 1

COMMENT
m decays with tau; an event of weight w adds w. Above 1 it fires, and ignores events for refrac ms; then it starts from 0.
The simplest integrate-and-fire cell (Lapicque 1907), advanced from event to event by its exact solution.
M() is m at the present time, drawn as 2 within 0.5 ms after a spike and as -1 for the rest of the refractory period.
ENDCOMMENT

NEURON {
    ARTIFICIAL_CELL IntFire1
    RANGE tau, refrac, m
    THREADSAFE
}

PARAMETER {
    tau = 10 (ms) <1e-9, 1e9>
    refrac = 5 (ms) <0, 1e9>
}

ASSIGNED {
    m
    t0 (ms)
    refractory
}

INITIAL {
    m = 0
    t0 = t
    refractory = 0
}

FUNCTION M() {
    if (refractory == 0) {
        M = m*exp(-(t - t0)/tau)
    } else if (t - t0 < .5) {
        M = 2
    } else {
        M = -1
    }
}

NET_RECEIVE (w) {
    if (refractory == 0) {
        m = m*exp(-(t - t0)/tau)
        t0 = t
        m = m + w
        if (m > 1) {
            refractory = 1
            m = 2
            net_send(refrac, refractory)
            net_event(t)
        }
    } else if (flag == 1) {
        refractory = 0
        m = 0
        t0 = t
    }
}
