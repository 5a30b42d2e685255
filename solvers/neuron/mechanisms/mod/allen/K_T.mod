TITLE Transient (fast) potassium channel

COMMENT
Korngreen & Sakmann 2000, J Physiol 525:621; shifted by -10 mV for the junction potential, rates corrected from 21 to 34 C with q10 = 2.3
(Hay et al. 2011, PLoS Comput Biol 7:e1002107; Gouwens et al. 2018, Nat Commun 9:710).
ENDCOMMENT

NEURON {
    SUFFIX K_T
    USEION k READ ek WRITE ik
    RANGE gbar, g, ik
    GLOBAL mTauF
    THREADSAFE
}

UNITS {
    (mV) = (millivolt)
    (mA) = (milliamp)
    (S) = (siemens)
}

PARAMETER {
    gbar = 1e-5 (S/cm2) <0, 1e9>
    mTauF = 1
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
    g = gbar*m*m*m*m*h
    ik = g*(v - ek)
}

DERIVATIVE states {
    rates(v)
    m' = (mInf - m)/mTau
    h' = (hInf - h)/hTau
}

UNITSOFF
PROCEDURE rates(v (mV)) {
    LOCAL qt, u, x
    qt = 2.3^((34 - 21)/10)
    u = v + 10
    mInf = 1/(1 + exp(-u/19))
    x = (u + 71)/59
    mTau = (0.34 + mTauF*0.92*exp(-x*x))/qt
    hInf = 1/(1 + exp((u + 66)/10))
    x = (u + 73)/23
    hTau = (8 + 49*exp(-x*x))/qt
}
UNITSON
