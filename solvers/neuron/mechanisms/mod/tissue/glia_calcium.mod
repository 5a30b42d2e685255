TITLE Glutamate to IP3 to Ca2+ in an astrocyte

COMMENT
The G-ChI model of De Pitta, Goldberg, Volman, Berry & Ben-Jacob 2009, J Biol Phys 35:383, eqs. 10-15 and table 1; its calcium part is Li &
Rinzel's (1994, J Theor Biol 166:461). IP3 spreads along the processes.

    gluo (mM, from outside) + contact (uM, decays; neuro-glial contacts add to it) -> IP3 --diffusion--> Ca2+, h

Rates of the paper are per second; here times are ms. The run starts where 300 s at the glutamate of the moment lead to.
ENDCOMMENT

NEURON {
    SUFFIX glia_calcium
    USEION glu READ gluo VALENCE -1
    RANGE glutamate
    GLOBAL ip3_production, glutamate_affinity, ip3_diffusion, contact_decay
    THREADSAFE
}

UNITS {
    (uM) = (micro/liter)
    (mM) = (milli/liter)
    (um) = (micron)
    PI = (pi) (1)
}

PARAMETER {
    ip3_production = 6 (uM/s) <0, 1e9>
    glutamate_affinity = 1.3 (uM) <1e-9, 1e9>
    ip3_diffusion = 2.5 (um2/ms) <0, 1e9>
    contact_decay = 100 (ms) <1e-9, 1e9>
}

ASSIGNED {
    diam (um)
    dt (ms)
    gluo (mM)
    glutamate (uM)
    ip3_rate (uM/s)
    ca_rate (uM/s)
    h_rate (/s)
}

STATE {
    ip3 (uM)
    ca (uM)
    h
    contact (uM)
}

INITIAL {
    contact = 0
    rest()
}

BREAKPOINT {
    SOLVE spread METHOD sparse
    SOLVE pathway METHOD euler
    SOLVE fade
}

KINETIC spread {
    COMPARTMENT PI*diam*diam/4 {ip3}
    LONGITUDINAL_DIFFUSION ip3_diffusion*PI*diam*diam/4 {ip3}
    slopes(ip3, ca, h)
    ~ ip3 << (PI*diam*diam/4*ip3_rate*(1e-3))
}

DERIVATIVE pathway {
    slopes(ip3, ca, h)
    ca' = ca_rate*(1e-3)
    h' = h_rate*(1e-3)
}

PROCEDURE fade() {
    contact = contact*exp(-dt/contact_decay)
}

: The state after 300 s, by the midpoint rule in steps of 100 ms.
PROCEDURE rest() {
    LOCAL p, c, o
    ip3 = 0.1
    ca = 0.08
    h = 0.8
    FROM j = 1 TO 3000 {
        slopes(ip3, ca, h)
        p = ip3 + 0.05(s)*ip3_rate
        c = ca + 0.05(s)*ca_rate
        o = h + 0.05(s)*h_rate
        slopes(p, c, o)
        ip3 = ip3 + 0.1(s)*ip3_rate
        ca = ca + 0.1(s)*ca_rate
        h = h + 0.1(s)*h_rate
    }
}

UNITSOFF
: g = glutamate^0.7/(glutamate^0.7 + half^0.7), as one exponential and one logarithm: powers were half of this mechanism's time.
PROCEDURE slopes(ip3 (uM), ca (uM), h) {
    LOCAL half, g, c, c2, c4, made, broken, store, open, q2
    glutamate = 1e3*gluo + contact
    c = ca/1(uM)
    c2 = c*c
    c4 = c2*c2
    half = glutamate_affinity + 10*ca/(ca + 0.6)
    if (glutamate > 0) {
        g = 1/(1 + exp(0.7*log(half/glutamate)))
    } else {
        g = 0
    }
    made = ip3_production*g + 0.02/(1 + ip3/1.5)*c2/(c2 + 0.01)
    broken = 2*c4/(c4 + 0.2401)*ip3/(ip3 + 1) + 0.04*ip3
    ip3_rate = made - broken
    store = 2 - 1.185*ca
    open = ip3/(ip3 + 0.13)*ca/(ca + 0.08234)*h
    ca_rate = (6*open*open*open + 0.11)*store - 0.9*c2/(c2 + 0.01)
    q2 = 1.049*(ip3 + 0.13)/(ip3 + 0.9434)
    h_rate = 0.2*(q2 - (q2 + ca)*h)
}
UNITSON
