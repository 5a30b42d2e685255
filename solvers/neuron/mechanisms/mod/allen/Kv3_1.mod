TITLE Shaw-like fast potassium channel (Kv3.1)

COMMENT
Rettig et al. 1992, EMBO J 11:2473, as in Gouwens et al. 2018, Nat Commun 9:710.
ENDCOMMENT

NEURON {
    SUFFIX Kv3_1
    USEION k READ ek WRITE ik
    RANGE gbar, g, ik
    GLOBAL vshift
    THREADSAFE
}

UNITS {
    (mV) = (millivolt)
    (mA) = (milliamp)
    (S) = (siemens)
}

PARAMETER {
    gbar = 1e-5 (S/cm2) <0, 1e9>
    vshift = 0 (mV)
}

ASSIGNED {
    v (mV)
    ek (mV)
    ik (mA/cm2)
    g (S/cm2)
    mInf
    mTau (ms)
}

STATE {
    m
}

INITIAL {
    rates(v)
    m = mInf
}

BREAKPOINT {
    SOLVE states METHOD cnexp
    g = gbar*m
    ik = g*(v - ek)
}

DERIVATIVE states {
    rates(v)
    m' = (mInf - m)/mTau
}

UNITSOFF
PROCEDURE rates(v (mV)) {
    mInf = 1/(1 + exp((v - (18.7 + vshift))/(-9.7)))
    mTau = 0.2*20/(1 + exp((v - (-46.56 + vshift))/(-44.14)))
}
UNITSON
