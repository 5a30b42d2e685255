TITLE Persistent sodium channel

COMMENT
Magistretti & Alonso 1999, J Gen Physiol 114:491; activation six times slower than the transient channel's; rates corrected from 21 to 34 C with q10 = 2.3
(Hay et al. 2011, PLoS Comput Biol 7:e1002107; Gouwens et al. 2018, Nat Commun 9:710).
ENDCOMMENT

NEURON {
    SUFFIX Nap
    USEION na READ ena WRITE ina
    RANGE gbar, g, ina
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
    ena (mV)
    ina (mA/cm2)
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
    g = gbar*m*m*m*h
    ina = g*(v - ena)
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
    LOCAL qt, alpha, beta
    qt = 2.3^((34 - 21)/10)
    mInf = 1/(1 + exp((v + 52.6)/(-4.6)))
    alpha = 0.182*vtrap(-(v + 38), 6)
    beta = 0.124*vtrap(v + 38, 6)
    mTau = 6*(1/(alpha + beta))/qt
    hInf = 1/(1 + exp((v + 48.8)/10))
    alpha = 2.88e-6*vtrap(v + 17, 4.63)
    beta = 6.94e-6*vtrap(-(v + 64.4), 2.63)
    hTau = 1/(alpha + beta)/qt
}
UNITSON
