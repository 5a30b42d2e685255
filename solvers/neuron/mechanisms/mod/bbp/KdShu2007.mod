TITLE D-type (slowly inactivating) potassium channel

COMMENT
Shu, Yu, Yang & McCormick 2007, PNAS 104:11453. Time constants do not depend on voltage. The reversal potential is the mechanism's own
parameter ek, not the ion's: a model that sets the ion's ek leaves it at -100 mV.
ENDCOMMENT

NEURON {
    SUFFIX KdShu2007
    USEION k WRITE ik
    RANGE gkbar, ik, ek
    GLOBAL vhalfm, km, vhalfh, kh
    THREADSAFE
}

UNITS {
    (mV) = (millivolt)
    (mA) = (milliamp)
    (S) = (siemens)
}

PARAMETER {
    gkbar = 0.1 (S/cm2) <0, 1e9>
    ek = -100 (mV)
    vhalfm = -43 (mV)
    km = 8 (mV)
    vhalfh = -67 (mV)
    kh = 7.3 (mV)
}

ASSIGNED {
    v (mV)
    ik (mA/cm2)
    minf
    hinf
    mtau (ms)
    htau (ms)
}

STATE {
    m
    h
}

INITIAL {
    rates(v)
    m = minf
    h = hinf
}

BREAKPOINT {
    SOLVE states METHOD cnexp
    ik = gkbar*m*h*(v - ek)
}

DERIVATIVE states {
    rates(v)
    m' = (minf - m)/mtau
    h' = (hinf - h)/htau
}

PROCEDURE rates(v (mV)) {
    minf = 1 - 1/(1 + exp((v - vhalfm)/km))
    hinf = 1/(1 + exp((v - vhalfh)/kh))
    mtau = 0.6
    htau = 1500
}
