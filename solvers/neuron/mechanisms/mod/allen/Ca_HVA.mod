TITLE High-voltage-activated calcium channel

COMMENT
Reuveni, Friedman, Amitai & Gutnick 1993, J Neurosci 13:4609, as in Gouwens et al. 2018, Nat Commun 9:710.
ENDCOMMENT

NEURON {
    SUFFIX Ca_HVA
    USEION ca READ eca WRITE ica
    RANGE gbar, g, ica
    THREADSAFE
}

UNITS {
    (mV) = (millivolt)
    (mA) = (milliamp)
    (S) = (siemens)
}

PARAMETER {
    gbar = 1e-5 (S/cm2) <0, 1e9>
}

ASSIGNED {
    v (mV)
    eca (mV)
    ica (mA/cm2)
    g (S/cm2)
    mInf
    mTau (ms)
    hInf
    hTau (ms)
}

STATE {
    m
    h
}

INITIAL {
    rates(v)
    m = mInf
    h = hInf
}

BREAKPOINT {
    SOLVE states METHOD cnexp
    g = gbar*m*m*h
    ica = g*(v - eca)
}

DERIVATIVE states {
    rates(v)
    m' = (mInf - m)/mTau
    h' = (hInf - h)/hTau
}

: x/(exp(x/y) - 1), by its limit near x = 0.
FUNCTION vtrap(x, y) {
    if (fabs(x/y) < 1e-6) {
        vtrap = y*(1 - x/y/2)
    } else {
        vtrap = x/(exp(x/y) - 1)
    }
}

UNITSOFF
PROCEDURE rates(v (mV)) {
    LOCAL alpha, beta
    alpha = 0.055*vtrap(-27 - v, 3.8)
    beta = 0.94*exp((-75 - v)/17)
    mInf = alpha/(alpha + beta)
    mTau = 1/(alpha + beta)
    alpha = 0.000457*exp((-13 - v)/50)
    beta = 0.0065/(exp((-v - 15)/28) + 1)
    hInf = alpha/(alpha + beta)
    hTau = 1/(alpha + beta)
}
UNITSON
