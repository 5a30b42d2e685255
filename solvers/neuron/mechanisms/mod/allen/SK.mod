TITLE Small-conductance calcium-activated potassium channel

COMMENT
Köhler et al. 1996, Science 273:1709 (half activation 0.43 uM, Hill exponent 4.8), as in Gouwens et al. 2018, Nat Commun 9:710.
ENDCOMMENT

NEURON {
    SUFFIX SK
    USEION k READ ek WRITE ik
    USEION ca READ cai
    RANGE gbar, g, ik
    GLOBAL zTau
    THREADSAFE
}

UNITS {
    (mV) = (millivolt)
    (mA) = (milliamp)
    (mM) = (milli/liter)
    (S) = (siemens)
}

PARAMETER {
    gbar = 1e-6 (S/cm2) <0, 1e9>
    zTau = 1 (ms) <1e-9, 1e9>
}

ASSIGNED {
    v (mV)
    ek (mV)
    cai (mM)
    ik (mA/cm2)
    g (S/cm2)
    zInf
}

STATE {
    z
}

INITIAL {
    rates(cai)
    z = zInf
}

BREAKPOINT {
    SOLVE states METHOD cnexp
    g = gbar*z
    ik = g*(v - ek)
}

DERIVATIVE states {
    rates(cai)
    z' = (zInf - z)/zTau
}

: Next to no calcium is lifted by 1e-7 mM, so that the quotient stays finite.
PROCEDURE rates(ca (mM)) {
    LOCAL c
    c = ca
    if (ca < 1e-7) {
        c = ca + 1e-7
    }
    zInf = 1/(1 + (0.00043(mM)/c)^4.8)
}
