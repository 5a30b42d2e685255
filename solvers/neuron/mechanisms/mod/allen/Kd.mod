TITLE D-type (slowly inactivating) potassium channel

COMMENT
Foust, Yu, Popovic, Zecevic & McCormick 2011, J Neurosci 31:15490, as in Gouwens et al. 2018, Nat Commun 9:710. Time constants do not depend on voltage.
ENDCOMMENT

NEURON {
    SUFFIX Kd
    USEION k READ ek WRITE ik
    RANGE gbar, g, ik
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
    ek (mV)
    ik (mA/cm2)
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
    g = gbar*m*h
    ik = g*(v - ek)
}

DERIVATIVE states {
    rates(v)
    m' = (mInf - m)/mTau
    h' = (hInf - h)/hTau
}

UNITSOFF
PROCEDURE rates(v (mV)) {
    mInf = 1 - 1/(1 + exp((v + 43)/8))
    mTau = 1
    hInf = 1/(1 + exp((v + 67)/7.3))
    hTau = 1500
}
UNITSON
